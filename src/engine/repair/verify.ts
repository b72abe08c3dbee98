import { issuerIdIn } from '../../model/inventory/issuer-id.js';
import { deriveFacts, type Facts } from '../../facts/account/facts.js';
import { memo } from '../../lib/memo.js';
import { atLeast, severityRank, type Patch, type Severity } from '../../model/report/finding.js';
import type { Inventory } from '../../model/inventory/inventory.js';
import { isUsageUnread } from '../../facts/pod-identity/unread-carriers.js';
import { seen } from '../../model/inventory/observed.js';
import type { Rule } from '../../rules/contract/define-rule.js';
import { fingerprint } from '../problems/fingerprint.js';
import { fatesOfUsers, keepsItsUsers, type Changed } from './keeps-access.js';
import { groupIntoProblems, type Problem } from '../problems/group-problems.js';
import { patched } from './apply-patches.js';
import { restsOnUnread } from './rests-on-unread.js';
import { runRules, type Sighting, type StillTime } from '../run/run-rules.js';
import { sliceFor } from './slice.js';
import { steppedSeverity } from '../problems/adjust-severity.js';

const fingerprintOf = memo(({ rule, subject, raised }: Sighting, account: string): string =>
  fingerprint(account, rule.id, subject, raised.statement === undefined ? null : (raised.issuer ?? null)),
);

/** Identity of a sighting across audits of one account. Whoever tells of it, groups it or proves its repair asks for it. */
export const sightingFingerprint = (account: string, sighting: Sighting): string => fingerprintOf(sighting, account);

/** How bad each sighting of an audit is; of twins the worse one counts. */
export type Severities = ReadonlyMap<string, Severity>;

export function severitiesOf(problems: readonly Problem[], facts: Facts): Severities {
  const bySighting = new Map<string, Severity>();
  for (const { primary, coDefects } of problems) {
    for (const sighting of [primary, ...coDefects]) {
      const key = sightingFingerprint(facts.inventory.account, sighting);
      const severity = steppedSeverity(sighting, facts);
      const before = bySighting.get(key);
      if (before === undefined || severityRank(severity) > severityRank(before)) bySighting.set(key, severity);
    }
  }
  return bySighting;
}

/** What each sighting that is not told weighs, with the sightings of the problem that speaks for it. */
type Hidden = ReadonlyMap<string, { readonly severity: Severity; readonly toldBy: readonly string[] }>;

/** What was seen of an account and is told by other findings in its place, by fingerprint. */
export function hiddenIn(problems: readonly Problem[], facts: Facts): Hidden {
  const keyOf = (sighting: Sighting): string => sightingFingerprint(facts.inventory.account, sighting);
  return new Map(
    problems.flatMap(({ primary, coDefects, hidden }) => {
      const toldBy = hidden.length === 0 ? [] : [primary, ...coDefects].map(keyOf);
      return hidden.map((sighting) => [keyOf(sighting), { severity: steppedSeverity(sighting, facts), toldBy }] as const);
    }),
  );
}

/** The same of what auditing an inventory finds. */
function severitiesIn(inventory: Inventory, earlier: Facts, rules: readonly Rule[]): Severities {
  const facts = deriveFacts(inventory, earlier);
  return severitiesOf(groupIntoProblems(runRules(rules, facts).sightings), facts);
}

/**
 * What is broken of roles that somebody uses then, of which it is not known whether anybody does today: it may weigh nothing
 * today, for all that was read.
 */
function newlyUsed(problems: readonly Problem[], facts: Facts, after: Facts): ReadonlySet<string> {
  if (!isUsageUnread(facts)) return new Set();
  const isNewly = ({ subject }: Sighting): boolean =>
    facts.role(subject.id)?.usage === 'unknown' && after.role(subject.id)?.usage === 'used';
  const all = problems.flatMap(({ primary, coDefects }) => [primary, ...coDefects]);
  return new Set(
    all.filter((one) => one.rule.kind === 'break' && isNewly(one)).map((one) => sightingFingerprint(facts.inventory.account, one)),
  );
}

/** The whole account as it was audited: what a repair is held against. */
export interface Audited {
  readonly facts: Facts;
  /** Ids of the roles, and issuers, of which something may be wrong that is not told, for what was not read. */
  readonly doubtful?: ReadonlySet<string>;
  readonly severities: Severities;
  readonly hidden: Hidden;
  /** Those that were asked anywhere in it. */
  readonly rules: readonly Rule[];
  /** Whether there is time for another proof. */
  readonly stillTime: StillTime;
}

/**
 * Proves a repair by auditing the patched slice: the findings are gone, nothing of severity medium or above is new (latent
 * exposures that the repair would open included), and whoever was allowed still is. What another problem told of before is not new.
 * Where the repair allows somebody, another who is refused before and after, and only now told so, takes nothing from the proof:
 * anybody can annotate a role.
 */
export function prove(
  expectGone: readonly string[],
  patches: readonly Patch[],
  { facts, doubtful: doubted, severities, hidden, rules }: Audited,
  meant: Pick<Changed, 'concerned' | 'narrows'>,
): boolean {
  // One patch repairs all that is wrong of a role, or of a provider.
  const isDoubted = ({ kind, resource }: Patch): boolean =>
    (kind === 'trust-policy' && doubted?.has(resource) === true) ||
    (kind === 'provider' && doubted?.has(issuerIdIn(resource) ?? '') === true);
  if (patches.some(isDoubted) || restsOnUnread(patches, facts)) return false;
  const slice = sliceFor(facts, patches);
  const after = deriveFacts(patched(slice, patches), facts);
  const { sightings, doubtful, unread } = runRules(rules, after);
  // A rule that gave up found nothing, which proves nothing.
  if (unread.length > 0) return false;
  const touched = seen(slice.roles).flatMap(({ arn }) => facts.role(arn) ?? []);
  const repaired = new Set(patches.flatMap(({ kind, resource }) => (kind === 'trust-policy' ? [resource] : [])));
  const letsIn = touched.some((role) => fatesOfUsers(role, after).some((one) => one.before === 'denied' && one.after === 'allowed'));
  // What may be wrong for all that is known counts as wrong.
  const problems = groupIntoProblems([...sightings, ...doubtful]);
  const found = severitiesOf(problems, after);
  const refused = new Set(
    problems
      .flatMap(({ primary, coDefects }) => [primary, ...coDefects])
      .filter(({ rule, subject }) => letsIn && rule.byAnnotationAlone === true && subject.type === 'role')
      .map((one) => sightingFingerprint(facts.inventory.account, one)),
  );
  const unused = newlyUsed(problems, facts, after);
  const hiddenBefore = (key: string): Severity => {
    const { severity, toldBy } = hidden.get(key) ?? { severity: 'info', toldBy: [] };
    return toldBy.some((one) => expectGone.includes(one)) ? 'info' : severity;
  };
  const before = (key: string): Severity => (unused.has(key) ? 'info' : (severities.get(key) ?? hiddenBefore(key)));
  const news = [...found].filter(
    ([key, severity]) => atLeast(severity, 'medium') && severityRank(severity) > severityRank(before(key)) && !refused.has(key),
  );
  // What auditing the slice finds without the patches too, the slice brings: what would speak for it was left out.
  const brought = news.length === 0 ? new Map<string, Severity>() : severitiesIn(slice, facts, rules);
  const nothingNew = news.every(
    ([key, severity]) => !unused.has(key) && severityRank(severity) <= severityRank(brought.get(key) ?? 'info'),
  );
  const gone = expectGone.every((key) => !found.has(key));
  return gone && nothingNew && keepsItsUsers(touched, { ...meant, patched: repaired }, facts, after);
}
