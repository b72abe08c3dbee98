import { plural } from '../../lib/plural.js';
import { isPlainArgument } from '../../model/report/command.js';
import type { Finding, Fix, Related, Subject } from '../../model/report/finding.js';
import { isByOrganization } from '../../model/inventory/observed.js';
import type { Coverage, Report, Selection, Unread, RuleOutcome } from '../../model/report/report.js';
import { FAMILY_SECTIONS } from '../../model/contract/sections.js';
import type { RememberedGap } from '../../model/report/state.js';
import { inert } from '../../lib/escape-text.js';
import type { Names } from './names.js';

/** Sentences that the text for terminals and the text of emails share. Everything that comes from an account leaves here inert. */

export function familyInWords(family: string): string {
  return FAMILY_SECTIONS.find((section) => section.family.name === family)?.family.words ?? inert(family);
}

/** What was read before and is not asked for any more. */
export function readInWords({ what, scope }: Pick<Unread, 'what' | 'scope'>): string {
  if (what === 'account:ListRegions') return 'Only the regions that the settings name are read (regions).';
  if (scope !== '*') return `The region ${scope} is not read any more (regions).`;
  return `Not read any more: ${FAMILY_SECTIONS.find(({ read }) => read === what)?.family.words ?? what}.`;
}

/** A number of things, unless it is none because their list was not read. */
function counted(count: number, one: string, read: string, { unread }: Coverage): string {
  const isUnread = count === 0 && unread.some(({ what }) => what === read);
  return isUnread ? `${one}s not scanned` : plural(count, one);
}

/** `4 clusters`; those that nobody could list are not counted as none. */
export function clustersInWords(coverage: Coverage): string {
  return counted(coverage.clusters, 'cluster', 'eks:ListClusters', coverage);
}

/** How much of the account the report rests on. */
export function lookedAtInWords(coverage: Coverage): string {
  const { regions, providers, roles, serviceAccounts, pods } = coverage;
  const inside = [
    ...(serviceAccounts === null ? [] : [plural(serviceAccounts, 'service account')]),
    ...(pods === null ? [] : [plural(pods, 'pod')]),
  ];
  return [
    `${clustersInWords(coverage)} in ${plural(regions.length, 'region')}`,
    counted(providers, 'OIDC provider', 'iam:ListOpenIDConnectProviders', coverage),
    counted(roles, 'role', 'iam:GetAccountAuthorizationDetails', coverage),
    ...inside,
  ].join(', ');
}

/** `harbour-lane-prod (418527603941)`, or `Account 418527603941`. */
export function accountInWords({ account, accountAlias }: Pick<Report, 'account' | 'accountAlias'>): string {
  return inert(accountAlias === undefined || accountAlias === null ? `Account ${account}` : `${accountAlias} (${account})`);
}

/** The title of a rule; its id where the report, of another version, has none. */
export const titleOf = (rule: string, { texts }: Pick<Report, 'texts'>): string => inert(texts[rule]?.title ?? rule);

/** `2026-11-01 06:00 UTC`; a time in another form as it is. */
export function timeInWords(time: string): string {
  return inert(time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z$/, '$1 $2 UTC'));
}

const LONGEST_FRAGMENT = 300;

/** The beginning of a long text, with its length. */
export function shortened(text: string, longest = LONGEST_FRAGMENT): string {
  return inert(text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text);
}

/** What a finding is about, with its region where the name alone does not tell. */
export function subjectInWords({ subject }: Finding): string {
  return placeInWords(subject);
}

/** A subject by its kind and name. */
export function placeInWords(subject: Subject): string {
  const kind = subject.type.replace('-', ' ');
  const name = subject.arn === null || subject.type === 'cluster' ? subject.id : subject.arn;
  return inert(`${kind} ${name}${subject.region === null ? '' : ` in ${subject.region}`}`);
}

const MOST_RELATED = 5;

/** Who is affected, the first few by name, and by region where another one has a cluster of the same name. */
export function relatedInWords(related: readonly Related[], { cluster }: Pick<Names, 'cluster'>): string[] {
  const shown = related.slice(0, MOST_RELATED).map(({ type, id, region, why }) => {
    const [name = ''] = id.split('/');
    const isClear = region === undefined || cluster(`${region}/${name}`) === name;
    return inert(`${type.replace('-', ' ')} ${id}${isClear ? '' : ` in ${region}`} (${why})`);
  });
  return related.length > MOST_RELATED ? [...shown, `and ${related.length - MOST_RELATED} more`] : shown;
}

const REASON: Readonly<Record<Unread['reason'], string>> = {
  'denied': 'access denied',
  'throttled': 'throttled by AWS',
  'unreachable': 'not reachable',
  'disabled-region': 'the region is not enabled for this account',
  'failed': 'request failed',
  'out-of-time': 'timed out',
  'not-requested': 'not asked for',
  'malformed': 'unexpected response',
};

const REMEDY: Readonly<Record<Unread['reason'], string>> = {
  'denied': 'Allow this action to the identity that runs the audit.',
  'throttled': 'Run it again; if it stays so, audit fewer regions at a time.',
  'unreachable': 'Check the network from where the audit runs.',
  'disabled-region': 'Enable the region, or leave it out.',
  'failed': 'Run it again; if it stays so, report it.',
  'out-of-time': 'Increase --timeout, or limit --region.',
  'not-requested': '',
  'malformed': 'Run it again; if it stays so, report it.',
};

export interface UnreadWords {
  readonly title: string;
  readonly detail: string;
  /** What to do; empty where there is nothing. */
  readonly next: string;
  /** How to accept the gap, for a denial that only an organization can lift; null for others, and where a shell may misread its name. */
  readonly accept: { readonly option: string; readonly setting: string } | null;
}

const ACCEPTED_REASON = 'closed by an organization policy';

/** As which rules that did not look at everything are among the reads without an answer. */
const JUDGING = 'judge:Rules';

/** How a report begins that is not complete. */
export function incompleteInWords({ coverage }: Report): string {
  const isUnjudged = coverage.unread.some(({ what, accepted }) => what === JUDGING && !accepted);
  return `INCOMPLETE: not everything could be read${isUnjudged ? ' and judged' : ''}.`;
}

/** That a rule crashed; none where it did not. */
export const crashInWords = ({ id, crashed }: Pick<RuleOutcome, 'id' | 'crashed'>): readonly string[] =>
  crashed === null ? [] : [inert(`The rule ${id} crashed (${crashed}); please report it.`)];

/** Since when a gap was there that is closed. */
export function overInWords({ what, scope, since }: RememberedGap): string {
  const was = what === JUDGING ? 'not judged to the end' : 'unanswered';
  return inert(`${what}${scope === 'account' ? '' : ` in ${scope}`}, ${was} since ${timeInWords(since)}`);
}

/** What was read and not judged; its detail says which rules. */
function unjudgedInWords({ scope, reason, detail }: Unread): UnreadWords {
  const [why, next] =
    reason === 'out-of-time'
      ? ['timed out', REMEDY[reason]]
      : ['too involved to be decided', 'Make its policies simpler, or split the role.'];
  return { title: inert(`${JUDGING} in ${scope}: ${why}`), detail: inert(detail), next, accept: null };
}

/** What was not read, why, and what to do. */
export function unreadInWords(unread: Unread): UnreadWords {
  const { what, scope, reason, detail } = unread;
  if (what === JUDGING) return unjudgedInWords(unread);
  // What a cluster refuses says itself what allows us.
  const says = reason === 'denied' && what.startsWith('kubernetes:') ? '' : REMEDY[reason];
  const isByPolicy = isByOrganization(unread);
  const place = scope === 'account' ? what : scope;
  const copied = isByPolicy && isPlainArgument(place);
  return {
    title: inert(`${what} in ${scope}: ${REASON[reason]}`),
    detail: inert(detail),
    next: isByPolicy
      ? `An organization policy forbids it. If that is meant to stay so, accept the gap${copied ? ':' : ' in the settings.'}`
      : says,
    accept: copied
      ? {
          option: `--accept-unread '${place}=${ACCEPTED_REASON}'`,
          setting: JSON.stringify({ scope: place, reason: ACCEPTED_REASON }),
        }
      : null,
  };
}

/** How to accept what an organization's policy closes, as a setting: one for all of it, as far as their names are plain. */
export function acceptInWords(gaps: readonly Unread[]): string[] {
  const [first, ...more] = gaps.filter(isByOrganization).flatMap((gap) => unreadInWords(gap).accept ?? []);
  if (first === undefined) return [];
  return [`To accept${more.length === 0 ? ' it' : ` each of ${more.length + 1}`}, in acceptUnread: ${first.setting}`];
}

/**
 * That repairs come with patches alone; null where one has a command, or none has a patch. Only where somebody would newly be allowed by a
 * repair that is proven does it depend on a decision: any other reason is in the summary.
 * @param where where the patch is
 */
export function noCommandInWords(fixes: readonly (Fix | null)[], where: string): string | null {
  const waiting = fixes.filter((fix) => fix !== null && fix.patches.length > 0);
  if (waiting.length === 0 || fixes.some((fix) => fix !== null && fix.commands.length > 0)) return null;
  const isDecision = waiting.some((fix) => fix?.verified === true && fix.grants.length > 0);
  return isDecision
    ? `No ready command: confirm first who is to assume this role; the patch is in ${where}.`
    : `No ready command; the patch is in ${where}.`;
}

/** What was chosen to be shown, and how much that leaves out. */
export function selectionInWords({ clusters, namespaces, roles, rules, excludedRules, minSeverity, leftOut }: Selection): string {
  const named = (what: string, names: readonly string[]): string[] => (names.length === 0 ? [] : [`${what} ${names.join(', ')}`]);
  const chosen = [
    ...named('cluster', clusters),
    ...named('namespace', namespaces),
    ...named('role', roles),
    ...named('rule', rules),
    ...named('not', excludedRules),
    ...(minSeverity === 'info' ? [] : [`${minSeverity} and above`]),
  ];
  const rest = leftOut === 0 ? 'No other finding' : plural(leftOut, 'other finding');
  return inert(`Shown: ${chosen.join('; ')}. ${rest} ${leftOut > 1 ? 'are' : 'is'} left out.`);
}
