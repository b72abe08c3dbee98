import { issuerIdIn, type IssuerId } from '../model/issuer-id.js';
import { ageOf, LATELY } from '../facts/age.js';
import { deriveFacts, type Facts, type RoleFacts } from '../facts/facts.js';
import { audiencesFor } from '../facts/issuer-door.js';
import { subjectsNamedIn } from '../facts/named-accounts.js';
import { tokenBearers } from '../facts/pods-by-hand.js';
import { subjectProblem } from '../facts/service-account-subject.js';
import { memo } from '../lib/memo.js';
import { DEFAULT_AUDIENCE } from '../model/annotations.js';
import { atLeast, severityRank, type Patch, type Severity } from '../model/finding.js';
import type { Inventory } from '../model/inventory.js';
import { isUsageUnread } from '../facts/unread-carriers.js';
import { ANY_AUDIENCE } from '../policy/audience-kinds.js';
import { verdictOf } from '../policy/evaluate.js';
import { isBuiltIn } from '../policy/issuer-keys.js';
import { Steps } from '../policy/steps.js';
import { gainedBy } from '../policy/subject-difference.js';
import { someMember, subjectSet } from '../policy/subject-set.js';
import { doorOf, requestWith, type Token } from '../policy/token.js';
import { hasVariable } from '../policy/variables.js';
import { seen } from '../model/observed.js';
import type { Rule } from '../rules/define-rule.js';
import { fingerprint } from './fingerprint.js';
import { serves } from './grants.js';
import { keepsThoseWithoutToken } from './keeps-others.js';
import { groupIntoProblems, type Problem } from './leads.js';
import { patched } from './patched.js';
import { audiencesDemanded, restsOnUnread } from './rests-on-unread.js';
import { runRules, type Sighting, type StillTime } from './run-rules.js';
import { sliceFor } from './slice.js';
import { steppedSeverity } from './steps.js';

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

const RANK = { denied: 0, undecided: 1, allowed: 2 } as const;

/** Somebody who asks for a role, with what becomes of them before and after a repair. */
interface Fate {
  readonly before: keyof typeof RANK;
  readonly after: keyof typeof RANK;
}

/** What becomes of whoever brings a token. */
function fateOf(role: RoleFacts, after: Facts, token: Token): Fate {
  const request = requestWith(token, after.inventory);
  const repaired = after.role(role.role.arn);
  return {
    before: verdictOf(role.policy, request),
    after: repaired === null ? 'denied' : verdictOf(repaired.policy, request),
  };
}

function fatesOfUsers(role: RoleFacts, after: Facts): readonly Fate[] {
  return role.users.flatMap(({ url, audience, subject }) => (url === null ? [] : [fateOf(role, after, { url, audience, subject })]));
}

/** The audiences that the provider of an issuer takes; where that was not read, it may take any, above all those that the policy requires. */
function audiencesTried(role: RoleFacts, url: IssuerId, facts: Facts): readonly string[] {
  if (isBuiltIn(url)) return audiencesFor(role, url, facts).map(({ audience }) => audience);
  const provider = facts.providerOf(url);
  if (provider?.detail.known === true) return provider.detail.value.clientIds;
  if (provider === null && facts.inventory.providers.known) return [];
  return [...new Set([DEFAULT_AUDIENCE, ...audiencesDemanded(role.statements, url), ANY_AUDIENCE])];
}

/** Those whom the trust policy names beside its users, of clusters that are there: they may be allowed by variables and a token set by hand. */
function fatesOfNamed(role: RoleFacts, facts: Facts, after: Facts): readonly Fate[] {
  const carriers = new Set(role.users.map(({ subject, url }) => `${url ?? ''} ${subject}`));
  return subjectsNamedIn(role.statements).flatMap(({ subject, url }) => {
    if (carriers.has(`${url} ${subject}`)) return [];
    if (facts.clusterOf(url) === null || subjectProblem(subject, false) !== null || hasVariable(subject)) return [];
    return audiencesTried(role, url, facts).map((audience) => fateOf(role, after, { url, audience, subject }));
  });
}

/** Those whose pods bring a token for the role today, by whatever hand. */
function fatesOfPods(role: RoleFacts, facts: Facts, after: Facts): readonly Fate[] {
  return tokenBearers(role.role.arn, facts).map((token) => fateOf(role, after, token));
}

const STEPS = 500_000;

/**
 * Whether those whom the policy allows with a token stay allowed, of each issuer that it still names and that nothing is wrong of:
 * whoever shares a statement with another issuer has none of its claims. Of the others too, where they have no cluster here and
 * somebody used the role lately: who they are, nobody here can see.
 */
function keepsTokens(role: RoleFacts, concerned: ReadonlySet<string>, facts: Facts, after: Facts): boolean {
  const repaired = after.role(role.role.arn);
  if (repaired === null) return false;
  const { lastUsed } = role.role;
  const isUsedLately = lastUsed !== null && ageOf(lastUsed.date, facts) <= LATELY;
  const named = new Set(repaired.statements.flatMap(({ issuers }) => issuers));
  const urls = [...new Set(role.statements.flatMap(({ issuers }) => issuers))].filter(
    (url) => (named.has(url) && !concerned.has(url)) || (isUsedLately && facts.clusterOf(url) === null),
  );
  const steps = new Steps(STEPS);
  return urls.every((url) =>
    audiencesTried(role, url, facts).every((audience) => {
      const door = { ...doorOf(url, facts.inventory), audience };
      return gainedBy({ policy: role.policy, door }, { policy: repaired.policy, door }, steps).length === 0;
    }),
  );
}

/** Whether a trust policy allows somebody, with a token of whichever issuer it names: what its provider takes may change apart. */
function allowsSomebody(role: RoleFacts, facts: Facts): boolean {
  const steps = new Steps(STEPS);
  return [...new Set(role.statements.flatMap(({ issuers }) => issuers))].some((url) => {
    const audiences = new Set([...audiencesTried(role, url, facts), ...audiencesDemanded(role.statements, url)]);
    return [...audiences].some((audience) => {
      const door = { ...doorOf(url, facts.inventory), audience };
      return someMember(subjectSet(role.policy, door, steps)).kind !== 'empty';
    });
  });
}

/** Whether every Pod Identity association that a role serves is still served. */
function keepsAssociations(role: RoleFacts, { inventory: { account } }: Facts, after: Facts): boolean {
  const repaired = after.role(role.role.arn)?.policy;
  return [...role.associatedIn, ...role.targetedIn].every((cluster) =>
    seen(cluster.podIdentityAssociations)
      .filter(({ roleArn, targetRoleArn }) => roleArn === role.role.arn || targetRoleArn === role.role.arn)
      .map((association) => ({ cluster, association, account }))
      .filter((of) => serves(role.role, role.policy, of))
      .every((of) => repaired !== undefined && serves(role.role, repaired, of)),
  );
}

const isKept = ({ before, after }: Fate): boolean => RANK[after] >= RANK[before];

/** What a repair is to change. */
interface Changed {
  /** ARNs of the roles whose trust policies it changes. */
  readonly patched: ReadonlySet<string>;
  /** Issuers, without `https://`, of which something is wrong. */
  readonly concerned: ReadonlySet<string>;
}

/**
 * Whether every service account that uses one of the roles is allowed at least as surely as before; and where the trust
 * policy itself is patched, whether that is certain, and whoever it names is not denied: a repair of which nobody can tell
 * whom it allows proves nothing.
 */
function keepsItsUsers(roles: readonly RoleFacts[], { patched, concerned }: Changed, facts: Facts, after: Facts): boolean {
  return roles.every((role) => {
    const users = fatesOfUsers(role, after);
    if (!users.every(isKept)) return false;
    if (!patched.has(role.role.arn)) return true;
    const others = [...fatesOfNamed(role, facts, after), ...fatesOfPods(role, facts, after)];
    const repaired = after.role(role.role.arn);
    const keepsOthers =
      others.every(isKept) &&
      keepsTokens(role, concerned, facts, after) &&
      keepsAssociations(role, facts, after) &&
      repaired !== null &&
      keepsThoseWithoutToken(role.policy, repaired.policy) &&
      // What a Deny denies beside, a narrower Allow may leave nothing of.
      (allowsSomebody(repaired, after) || !allowsSomebody(role, facts));
    return keepsOthers && users.every((one) => one.after !== 'undecided');
  });
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
  concerned: ReadonlySet<string>,
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
  return gone && nothingNew && keepsItsUsers(touched, { patched: repaired, concerned }, facts, after);
}
