import type { Evidence, Finding, Related } from '../model/finding.js';
import type { Unread } from '../model/report.js';
import { inert } from './inert.js';

/** Sentences that the text for terminals and the text of mails share. Everything that comes from an account leaves here inert. */

const FAMILIES: Readonly<Record<string, string>> = {
  'service-account': 'service accounts',
  pod: 'pods',
  'pod-identity': 'Pod Identity associations',
  'add-on': 'add-ons',
};

export function familyInWords(family: string): string {
  return FAMILIES[family] ?? inert(family);
}

const LONGEST_FRAGMENT = 300;

function compact(value: Evidence['found']): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return inert(text.length > LONGEST_FRAGMENT ? `${text.slice(0, LONGEST_FRAGMENT)}… (${text.length} characters)` : text);
}

/** What a finding is about, with its region where the name alone does not tell. */
export function subjectInWords({ subject }: Finding): string {
  const kind = subject.type.replace('-', ' ');
  const name = subject.arn === null || subject.type === 'cluster' ? subject.id : subject.arn;
  return inert(`${kind} ${name}${subject.region === null ? '' : ` in ${subject.region}`}`);
}

export function evidenceInWords({ what, path, found, expected }: Evidence): string[] {
  const where = path === null ? '' : ` at ${inert(path)}`;
  return [`${inert(what)}${where}: ${compact(found)}`, ...(expected === null ? [] : [`expected: ${compact(expected)}`])];
}

const MOST_RELATED = 5;

/** Who is affected, the first few by name. */
export function relatedInWords(related: readonly Related[]): string[] {
  const shown = related.slice(0, MOST_RELATED).map(({ type, id, why }) => inert(`${type.replace('-', ' ')} ${id} (${why})`));
  return related.length > MOST_RELATED ? [...shown, `and ${related.length - MOST_RELATED} more`] : shown;
}

const REASON: Readonly<Record<Unread['reason'], string>> = {
  denied: 'access denied',
  throttled: 'throttled by AWS',
  unreachable: 'not reachable',
  'disabled-region': 'the region is not enabled for this account',
  failed: 'the call failed',
  'out-of-time': 'the time was up',
  'not-requested': 'not asked for',
  malformed: 'the answer could not be understood',
};

const MEND: Readonly<Record<Unread['reason'], string>> = {
  denied: 'Allow this action to the identity that runs the audit.',
  throttled: 'Run it again; if it stays so, audit fewer regions at a time.',
  unreachable: 'Check the network from where the audit runs.',
  'disabled-region': 'Enable the region, or leave it out.',
  failed: 'Run it again; if it stays so, report it.',
  'out-of-time': 'Give the audit more time, or fewer regions.',
  'not-requested': '',
  malformed: 'Run it again; if it stays so, report it.',
};

/** What was not read, why, and what to do; a denial that only an organisation can lift comes with the line that accepts it. */
export function unreadInWords({ what, scope, reason, detail }: Unread): { readonly title: string; readonly detail: string; readonly next: string; readonly accept: string | null } {
  const byPolicy = reason === 'denied' && /service control policy|resource control policy/i.test(detail);
  const place = scope === 'account' ? what : scope;
  return {
    title: inert(`${what} in ${scope}: ${REASON[reason]}`),
    detail: inert(detail),
    next: byPolicy ? 'An organisation policy forbids it. If that is meant to stay so, accept the gap:' : MEND[reason],
    accept: byPolicy ? `--accept-unread '${inert(place).replace(/'/g, '')}=closed by an organisation policy'` : null,
  };
}

/** Who gets in by a repair and does not today. */
export function grantsInWords(finding: Finding): string[] {
  return (finding.fix?.grants ?? []).map(({ subject, role, administrative }) => inert(`only if ${subject === '*' ? 'every service account of the cluster' : subject} is meant to have ${administrative ? 'the administrative role ' : ''}${role}`));
}
