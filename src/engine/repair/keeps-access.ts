import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { ageOf, LATELY } from '../../facts/account/age.js';
import { DAY } from '../../lib/day.js';
import { statementAlone } from '../../facts/statement/breadth.js';
import { isDead } from '../../facts/trust/dead-statement.js';
import type { Facts, RoleFacts } from '../../facts/account/facts.js';
import { audiencesFor } from '../../facts/provider/issuer-door.js';
import { subjectsNamedIn } from '../../facts/trust/named-accounts.js';
import { tokenBearers } from '../../facts/account/pods-by-hand.js';
import { subjectsOfCluster } from '../../facts/trust/service-accounts-of-role.js';
import { subjectProblem } from '../../facts/statement/service-account-subject.js';
import type { WebIdentityStatement } from '../../facts/statement/web-identity.js';
import { DEFAULT_AUDIENCE } from '../../model/inventory/annotations.js';
import { seen } from '../../model/inventory/observed.js';
import { ANY_AUDIENCE } from '../../policy/language/audience-kinds.js';
import { verdictOf } from '../../policy/language/evaluate.js';
import { isBuiltIn } from '../../policy/language/issuer-keys.js';
import type { TrustPolicy } from '../../policy/language/parse.js';
import { Steps } from '../../policy/pattern/steps.js';
import { gainedBy } from '../../policy/subjects/subject-difference.js';
import { someMember, subjectSet } from '../../policy/subjects/subject-set.js';
import { doorOf, requestWith, type Token } from '../../policy/language/token.js';
import { hasVariable } from '../../policy/language/variables.js';
import { serves } from './newly-admitted.js';
import { keepsThoseWithoutToken } from './keeps-others.js';
import { audiencesDemanded } from './rests-on-unread.js';

/** Who stays allowed by a role when its trust policy, or a provider's audiences, are changed. */

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

/** What becomes of the service accounts that use a role. */
export function fatesOfUsers(role: RoleFacts, after: Facts): readonly Fate[] {
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

/** The issuers that a role names, each once. */
const issuersOf = ({ statements }: Pick<RoleFacts, 'statements'>): readonly IssuerId[] => [
  ...new Set(statements.flatMap(({ issuers }) => issuers)),
];

/** Whether whoever a role allows with a token of an issuer stays allowed by another policy. */
function keepsIssuer(
  url: IssuerId,
  { role, before = role.policy, after }: { readonly role: RoleFacts; readonly before?: TrustPolicy; readonly after: TrustPolicy },
  facts: Facts,
): boolean {
  const steps = new Steps(STEPS);
  return audiencesTried(role, url, facts).every((audience) => {
    const door = { ...doorOf(url, facts.inventory), audience };
    return gainedBy({ policy: before, door }, { policy: after, door }, steps).length === 0;
  });
}

/** Whether whoever a role allows with a token, be it a stranger, stays allowed by another policy; for a provider that is not there nobody has one. */
export function keepsEverybody(role: RoleFacts, policy: TrustPolicy, facts: Facts): boolean {
  const dead = new Set(
    facts.inventory.providers.known ? role.statements.filter((one) => isDead(one, facts)).map(({ statement }) => statement) : [],
  );
  const before = { ...role.policy, statements: role.policy.statements.filter((one) => !dead.has(one)) };
  return issuersOf(role).every((url) => keepsIssuer(url, { role, before, after: policy }, facts));
}

/**
 * Whether those whom the policy allows with a token stay allowed, of each issuer that it still names and that nothing is wrong of:
 * whoever shares a statement with another issuer has none of its claims. Of the others too, where they have no cluster here and
 * somebody used the role lately: who they are, nobody here can see. So it is of a cluster that is here, where the role was used within a
 * day and nobody who is seen can have been that.
 */
function keepsTokens(
  role: RoleFacts,
  repaired: RoleFacts,
  { concerned, seen: isSeen }: Pick<Changed, 'concerned'> & { seen: boolean },
  facts: Facts,
): boolean {
  const { lastUsed } = role.role;
  const age = lastUsed === null ? Number.POSITIVE_INFINITY : ageOf(lastUsed.date, facts);
  const named = new Set(issuersOf(repaired));
  return issuersOf(role)
    .filter((url) => (named.has(url) && !concerned.has(url)) || (age <= LATELY && facts.clusterOf(url) === null) || (age <= DAY && !isSeen))
    .every((url) => keepsIssuer(url, { role, after: repaired.policy }, facts));
}

/** Whether the service accounts that are there stay allowed, be it by a pattern: one that asks for no role may come by TokenRequest. */
function keepsExisting(role: RoleFacts, repaired: RoleFacts, facts: Facts, after: Facts): boolean {
  const carriers = new Set(role.users.map(({ subject, url }) => `${url ?? ''} ${subject}`));
  return issuersOf(role).every((url) => {
    if (facts.clusterOf(url) === null || keepsIssuer(url, { role, after: repaired.policy }, facts)) return true;
    const others = subjectsOfCluster(url, facts).filter((subject) => !carriers.has(`${url} ${subject}`));
    return audiencesTried(role, url, facts).every((audience) =>
      others.every((subject) => isKept(fateOf(role, after, { url, audience, subject }))),
    );
  });
}

/**
 * Whether every statement that allows somebody by itself, with a token of whichever issuer it names, still does: what its provider
 * takes may change apart, and what a Deny denies beside, a narrower Allow may leave nothing of.
 */
function keepsStatements(role: RoleFacts, repaired: RoleFacts, facts: Facts, after: Facts): boolean {
  const allowsNobody = (of: RoleFacts, statement: WebIdentityStatement, then: Facts): boolean => {
    const [policy, steps] = [statementAlone(of.policy, statement), new Steps(STEPS)];
    return statement.issuers.every((url) =>
      [...new Set([...audiencesTried(of, url, then), ...audiencesDemanded([statement], url)])].every(
        (audience) => someMember(subjectSet(policy, { ...doorOf(url, then.inventory), audience }, steps)).kind === 'empty',
      ),
    );
  };
  const dead = repaired.statements.filter((one) => allowsNobody(repaired, one, after));
  const isSameNumber = repaired.statements.length === role.statements.length;
  const before = isSameNumber ? dead.flatMap((one) => role.statements[repaired.statements.indexOf(one)] ?? []) : role.statements;
  return dead.length <= before.filter((one) => allowsNobody(role, one, facts)).length;
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
export interface Changed {
  /** ARNs of the roles whose trust policies it changes. */
  readonly patched: ReadonlySet<string>;
  /** Issuers, without `https://`, of which something is wrong. */
  readonly concerned: ReadonlySet<string>;
  /** It is to leave fewer allowed than today. */
  readonly narrows: boolean;
}

/**
 * Whether every service account that uses one of the roles is allowed at least as surely as before; and where the trust
 * policy itself is patched, whether that is certain, and whoever it names is not denied: a repair of which nobody can tell
 * whom it allows proves nothing.
 */
export function keepsItsUsers(roles: readonly RoleFacts[], { patched, concerned, narrows }: Changed, facts: Facts, after: Facts): boolean {
  return roles.every((role) => {
    const users = fatesOfUsers(role, after);
    if (!users.every(isKept)) return false;
    if (!patched.has(role.role.arn)) return true;
    const pods = fatesOfPods(role, facts, after);
    const others = [...fatesOfNamed(role, facts, after), ...pods];
    const isSeen = role.associatedIn.length > 0 || [...users, ...pods].some(({ before }) => before !== 'denied');
    const repaired = after.role(role.role.arn);
    const keepsOthers =
      others.every(isKept) &&
      repaired !== null &&
      keepsTokens(role, repaired, { concerned, seen: isSeen }, facts) &&
      (narrows || keepsExisting(role, repaired, facts, after)) &&
      keepsAssociations(role, facts, after) &&
      keepsThoseWithoutToken(role.policy, repaired.policy) &&
      keepsStatements(role, repaired, facts, after);
    return keepsOthers && users.every((one) => one.after !== 'undecided');
  });
}
