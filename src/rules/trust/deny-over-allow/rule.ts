import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { listed } from '../../../lib/list-in-words.js';
import { relatedDenied } from '../../../facts/trust/denied-users.js';
import type { Carriers, Has, RoleHas } from '../../../facts/account/facts.js';
import { audiencesInUse, type Audiences } from '../../../facts/trust/audience-agreement.js';
import { audiencesFor } from '../../../facts/provider/issuer-door.js';
import { canBeCarried, passesWithoutKey } from '../../../facts/statement/condition-semantics.js';
import { isKubernetesIssuer } from '../../../facts/provider/kubernetes-issuer.js';
import { takesValue } from '../../../facts/statement/matches-value.js';
import { asUnsigned, metUnsigned, namesEverybody } from '../../../facts/statement/unsigned-calls.js';
import { mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { relatedUsers } from '../../../facts/account/subjects.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { conditionsOn, readCondition, valuesOf, type WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import { unanswered } from '../../../model/inventory/observed.js';
import { ANY_AUDIENCE } from '../../../policy/language/audience-kinds.js';
import { admitsNoToken } from '../../../policy/language/caller-conditions.js';
import { parseConditionKey } from '../../../policy/language/condition-key.js';
import { parseOperator } from '../../../policy/language/condition-operators.js';
import { evaluateParsed, verdictOf, type WebIdentityRequest } from '../../../policy/language/evaluate.js';
import { hasWildcard } from '../../../policy/pattern/glob.js';
import { withoutDeny, type ConditionEntry, type Statement, type TrustPolicy } from '../../../policy/language/parse.js';
import type { TrustEdit } from '../../../policy/edit/repair.js';
import { someMember, subjectSet, witnessIn, type SubjectSet } from '../../../policy/subjects/subject-set.js';
import { doorOf, requestWith } from '../../../policy/language/token.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../../contract/define-rule.js';

interface Caller {
  readonly url: IssuerId;
  readonly subject: string;
  readonly request: WebIdentityRequest;
}

/** The subjects that a statement names character by character. */
function subjectsNamed(statement: WebIdentityStatement): string[] {
  const naming = conditionsOn(statement, 'sub').filter(({ operator }) => operator?.negated === false);
  return valuesOf(naming).filter((value) => !hasWildcard(value));
}

/** Whoever is meant to be allowed: the service accounts that use the role, and those that an Allow names exactly. */
function callers(role: RoleHas<Carriers>, facts: Has<Audiences>): Caller[] {
  const { inventory } = facts;
  const call = (url: IssuerId, subject: string, audience: string): Caller => ({
    url,
    subject,
    request: requestWith({ url, audience, subject }, inventory),
  });
  const carriers = role.users.flatMap(({ url, subject, audience }) => (url === null ? [] : [call(url, subject, audience)]));
  const named = role.statements.flatMap((statement) => {
    const [subjects, audiences] = [subjectsNamed(statement), valuesOf(conditionsOn(statement, 'aud'))];
    return statement.issuers.flatMap((url) => {
      const asked = [...new Set([...audiencesInUse(role, url, facts), ...audiences])];
      return subjects.flatMap((subject) => asked.map((audience) => call(url, subject, audience)));
    });
  });
  const distinct = new Map([...carriers, ...named].map((one) => [`${one.url} ${one.subject} ${one.request.audience}`, one]));
  return [...distinct.values()];
}

/** How a Deny lets a caller pass: the claim joins what it spares, or leaves what it names. Null where neither is possible. */
function spare(deny: Statement, entry: ConditionEntry, wanted: readonly Caller[], role: RoleHas): TrustEdit[] | null {
  const operator = parseOperator(entry.operator);
  const key = parseConditionKey(entry.key);
  const claim = key.claim?.toLowerCase();
  if (operator?.family !== 'string' || (claim !== 'sub' && claim !== 'aud')) return null;
  const [url, ...others] = [...new Set(wanted.map((one) => one.url))];
  if (url !== undefined && entry.key.toLowerCase() !== `${url}:${claim}`.toLowerCase()) {
    // A negated condition bites where its key is absent; a key that belongs to none of the role's issuers always is.
    const stray = others.length === 0 && operator.negated && !role.statements.some((one) => one.issuers.includes(key.issuer));
    return stray ? [{ kind: 'condition', path: entry.path, key: `${url}:${claim}` }] : null;
  }
  const actual = [...new Set(wanted.map(({ subject, request }) => (claim === 'sub' ? subject : request.audience)))];
  const values = entry.values.map(({ value }) => value);
  if (operator.negated) return [{ kind: 'condition', path: entry.path, values: [...new Set([...values, ...actual])] }];
  const left = values.filter((value) => !actual.includes(value));
  if (left.length === values.length || claim === 'aud') return null;
  return left.length === 0
    ? [{ kind: 'remove-statement', statement: deny.index }]
    : [{ kind: 'condition', path: entry.path, values: left }];
}

function repair(deny: Statement, wanted: readonly Caller[], role: RoleHas): TrustEdit[] {
  if (deny.conditions.length === 0) return [{ kind: 'remove-statement', statement: deny.index }];
  return deny.conditions.map((entry) => spare(deny, entry, wanted, role)).find((edits) => edits !== null) ?? [];
}

const messages = {
  denied: ({ subject, path }: { subject: string; path: string }) =>
    `An Allow of the trust policy allows ${subject}, but the Deny at ${path} denies it.`,
  unsigned: ({ whom, path, met }: { whom: string; path: string; met: string }) =>
    `The Deny at ${path} may deny ${whom}: a call with a web identity token hardly has that key, and ${met} is met without it.`,
  everybody: ({ whom, path }: { whom: string; path: string }) =>
    `The Deny at ${path} may deny ${whom}: it names every principal, and AWS does not say whether callers with a web identity token are among them.`,
  emptied: ({ url, path }: { url: IssuerId; path: string }) =>
    `Nobody can assume this role by a token of ${url}: the Deny at ${path} denies everybody whom an Allow allows.`,
} satisfies Messages;

/** Somebody whom a set allows, or may allow for all that configuration tells; null where there is nobody. */
function somebodyIn(set: SubjectSet): string | null {
  const found = set.possible.flatMap((clause) => {
    const witness = witnessIn(clause, set);
    return witness.kind === 'found' ? [witness.subject] : [];
  });
  return found[0] ?? null;
}

/** Somebody of an issuer whom an Allow allows, where the Deny statements deny everybody whom it does; null where they spare somebody. */
function exampleOfAll(url: IssuerId, role: RoleHas<Carriers>, facts: Has<Audiences>, policy: TrustPolicy): Caller | null {
  const allows = withoutDeny(policy);
  // Where no provider says which audiences there are, there may be any.
  const any = facts.providerOf(url)?.detail.known === true ? [] : [ANY_AUDIENCE];
  const audiences = new Set([...audiencesFor(role, url, facts).map(({ audience }) => audience), ...any]);
  const found = [...audiences].flatMap((audience): readonly (Caller | null)[] => {
    const door = { ...doorOf(url, facts.inventory), audience };
    const admitted = somebodyIn(subjectSet(allows, door));
    if (admitted === null) return [];
    if (someMember(subjectSet(policy, door)).kind !== 'empty') return [null];
    return [{ url, subject: admitted, request: { ...door, subject: admitted } }];
  });
  return found.includes(null) ? null : (found[0] ?? null);
}

/** The policy without the conditions of its Deny statements that every call meets, as of when it was read: the clock is no doubt. */
function withoutWhatAllMeet({ policy }: RoleHas, { inventory: { collectedAt } }: Has): TrustPolicy {
  const statements = policy.statements.map((one) =>
    one.effect === 'Deny' ? { ...one, conditions: one.conditions.filter((entry) => !admitsNoToken(entry, one, policy, collectedAt)) } : one,
  );
  return { ...policy, statements };
}

/**
 * What is no more than possible where a Deny applies for want of keys of those who sign, or to every principal; null where it applies
 * for other reasons.
 */
function possibleOf(deny: Statement, whom: string, role: RoleHas): Pick<Raised, 'message' | 'severity' | 'confidence' | 'fix'> | null {
  const own = role.policy.statements.find(({ index }) => index === deny.index);
  const conditions = metUnsigned(own);
  if (conditions.length === 0 && !namesEverybody(own)) return null;
  const { path } = deny;
  const met = listed(conditions.map(({ operator, key }) => `${operator} on ${key}`));
  return {
    message: conditions.length === 0 ? messages.everybody({ whom, path }) : messages.unsigned({ whom, path, met }),
    severity: 'medium',
    confidence: 'possible',
    fix: { summary: `Name in the Deny those alone who sign their calls: it is to spare ${whom}, if they are meant to have this role.` },
  };
}

const isMet = (policy: TrustPolicy, deny: Statement, request: WebIdentityRequest): boolean =>
  evaluateParsed(policy, request).statements.some(({ index, outcome }) => index === deny.index && outcome === 'yes');

/** A role that is judged, with its policy as of when it was read, and as a call meets it that nobody signs. */
interface Judged {
  readonly role: RoleHas<Carriers | 'clusters'>;
  readonly policy: TrustPolicy;
  readonly unsigned: TrustPolicy;
  readonly facts: Has<'clusters' | 'roles'>;
}

/** Why a Deny applies whose conditions speak of what the token has not; empty where they speak of it. */
function becauseAbsent(deny: Statement, { url }: Caller, facts: Has<'clusters'>): string {
  const isOfPods = isKubernetesIssuer(url, facts);
  const met = deny.conditions.filter((entry) => {
    const condition = readCondition(entry, [url]);
    return condition.key.kind === 'claim' && passesWithoutKey(condition) && !canBeCarried(condition, isOfPods);
  });
  return met.length === 0
    ? ''
    : ` It applies because ${listed(met.map(({ operator, key }) => `${operator} on ${key}`))} is met where a token has no such claim.`;
}

/** Whether every service account that uses the role is allowed anyway; false where nobody is known to. */
function allowsItsUsers({ role: { users }, policy, facts }: Judged): boolean {
  const isAllowed = ({ url, subject, audience }: (typeof users)[number]): boolean =>
    url !== null && verdictOf(policy, requestWith({ url, subject, audience }, facts.inventory)) === 'allowed';
  return users.length > 0 && users.every(isAllowed);
}

/** Whether a Deny names a caller: who wrote it meant them. */
const names = ({ conditions }: Statement, { url, subject }: Caller): boolean =>
  conditions
    .map((entry) => readCondition(entry, [url]))
    .some((one) => one.ownIssuer && one.claim === 'sub' && one.operator?.negated === false && takesValue(one, subject));

/**
 * How grave it is that a Deny denies some callers, where every service account that uses the role is allowed anyway: little, for
 * the Deny denies others then, which may be meant. Who runs on an issuer that no cluster here has, nobody here can see: a pipeline
 * that it does not name is denied by mistake, however an Allow says which. What a user's cluster has for an issuer may be unread.
 */
function weightOf(deny: Statement, shutOut: readonly Caller[], of: Judged): Pick<Raised, 'severity' | 'error' | 'unless'> {
  const { users } = of.role;
  if (shutOut.some((one) => users.some(({ url, subject }) => url === one.url && subject === one.subject))) return {};
  if (!allowsItsUsers(of))
    return { unless: users.map(({ cluster }) => unanswered(cluster.detail)).find((unread) => unread !== null) ?? null };
  const isMeant = (one: Caller): boolean => isKubernetesIssuer(one.url, of.facts) || names(deny, one);
  return shutOut.every(isMeant) ? { severity: 'low', error: null } : { severity: 'medium' };
}

/** What is told of one Deny where nobody is named, and the Deny statements deny everybody. */
const denyOfAll = (deny: Statement, url: IssuerId, { role, facts }: Judged): Raised => ({
  message: messages.emptied({ url, path: deny.path }),
  evidence: [{ what: 'Deny that meets everybody', path: deny.path, found: deny.conditions.map(({ key }) => key), expected: null }],
  related: relatedDenied(role, [url], facts),
  statement: deny.index,
  issuer: url,
  concerns: [url],
  fix: {
    summary: 'Let the Deny spare those who are meant to have this role: a key that no token has is met by every negated condition.',
  },
});

/** The same of all of them: for certain, else as far as a call is met by what it lacks where nobody signs it. */
function emptied(url: IssuerId, of: Judged, facts: Has<Audiences>): Raised[] {
  const { role, policy, unsigned } = of;
  const denying = (example: Caller, under: TrustPolicy): readonly Statement[] => {
    const { statements } = evaluateParsed(under, example.request);
    return under.statements.filter(
      (one) => one.effect === 'Deny' && statements.some(({ index, outcome }) => index === one.index && outcome === 'yes'),
    );
  };
  const certain = exampleOfAll(url, role, facts, policy);
  // Those who are known to use the role are others: nobody knows whether these do.
  const weight = allowsItsUsers(of) ? { severity: 'medium' as const } : {};
  if (certain !== null) return denying(certain, policy).map((deny) => ({ ...denyOfAll(deny, url, of), ...weight }));
  const possible = unsigned === policy ? null : exampleOfAll(url, role, facts, unsigned);
  return (possible === null ? [] : denying(possible, unsigned)).flatMap((deny) => {
    const told = possibleOf(deny, `everybody with a token of ${url}`, role);
    return told === null ? [] : [{ ...denyOfAll(deny, url, of), ...told }];
  });
}

function raise(deny: Statement, admitted: readonly Caller[], of: Judged): Raised[] {
  const { role, unsigned, facts } = of;
  const shutOut = admitted.filter(({ request }) => isMet(unsigned, deny, request));
  const [first] = shutOut;
  if (first === undefined) return [];
  const subjects = [...new Set(shutOut.map(({ subject }) => subject))];
  const isDenied = (user: (typeof role.users)[number]): boolean =>
    mayBeAssociated(user.cluster, user.serviceAccount, facts) === null &&
    shutOut.some(({ url, subject }) => url === user.url && subject === user.subject);
  const isCertain = shutOut.every(({ request }) => isMet(of.policy, deny, request));
  const possible = isCertain ? null : possibleOf(deny, listed(subjects), role);
  const edits = repair(role.policy.statements.find(({ index }) => index === deny.index) ?? deny, shutOut, role);
  return [
    {
      message: messages.denied({ subject: listed(subjects), path: deny.path }),
      evidence: [{ what: 'Deny that meets these subjects', path: deny.path, found: subjects, expected: null }],
      related: relatedUsers(role.users.filter(isDenied), 'uses the role and is refused'),
      statement: deny.index,
      issuer: first.url,
      concerns: [...new Set(shutOut.map(({ url }) => url))],
      fix: {
        summary: `Let the Deny spare ${listed(subjects)}, if they are meant to have this role.${becauseAbsent(deny, first, facts)}`,
        ...(edits.length === 0 ? {} : { edits }),
      },
      ...possible,
      ...weightOf(deny, shutOut, { ...of, policy: possible === null ? of.policy : unsigned }),
    },
  ];
}

/** A Deny of the same document denies whom an Allow allows. */
export const denyOverAllow = defineRule({
  id: 'deny-over-allow',
  cause: 'trust-explicit-deny',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'deny',
  needs: ['roles'],
  uses: ['service-accounts'],
  looksAt: ['clusters', 'pod-identity-associations', 'providers', 'workloads', 'addons'],
  title: 'Deny overrides the Allow',
  why: 'An explicit Deny beats every Allow. A negated condition in a Deny also bites where its key is absent from the request.',
  // STS says the same of an explicit Deny as of a missing Allow.
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_evaluation-logic.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) => {
    const policy = withoutWhatAllMeet(role, facts);
    const principals = role.statements.flatMap(({ federated }) => federated.map(({ entry }) => entry));
    const of: Judged = { role, policy, unsigned: asUnsigned(policy, principals), facts };
    const denies = of.unsigned.statements.filter(({ effect }) => effect === 'Deny');
    if (denies.length === 0) return [];
    const allows = withoutDeny(policy);
    const admitted = callers(role, facts).filter(({ request }) => verdictOf(allows, request) === 'allowed');
    const told = denies.flatMap((deny) => raise(deny, admitted, of));
    const issuers = [...new Set(role.statements.flatMap((one) => one.issuers))].filter((url) => !admitted.some((one) => one.url === url));
    return [...told, ...issuers.flatMap((url) => emptied(url, of, facts))];
  },
});
