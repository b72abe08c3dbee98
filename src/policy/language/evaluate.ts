import { issuerIdIn, issuerIdOf, asIssuerId, issuerAddress, type IssuerId } from '../../model/inventory/issuer-id.js';
import { memo, memoByText } from '../../lib/memo.js';
import type { Json } from '../../model/inventory/inventory.js';
import { noProvider, STS_NOT_AUTHORIZED, STS_WRONG_AUDIENCE } from '../../model/report/sts-errors.js';
import { requestReader, type OtherClaims } from './claims.js';
import { conditionIdentity, evaluateCondition, type Decision, type Doubt } from './evaluate-condition.js';
import { parseFederated } from './federated.js';
import { matchesGlob, parseGlob } from '../pattern/glob.js';
import { isCognito } from './issuer-keys.js';
import { demandRequest } from './request-given.js';
import { parseTrustPolicy, type PolicyProblem, type PrincipalEntry, type Statement, type TrustPolicy } from './parse.js';
import { all, any, decided, not, type Tristate } from './tristate.js';
import type { KeyValue } from './variables.js';

export const WEB_IDENTITY_ACTION = 'sts:AssumeRoleWithWebIdentity';

/** One web-identity call, as STS sees it. */
export interface WebIdentityRequest {
  /** ARN of the IAM OIDC provider in the role's account; the domain for Cognito and the other providers that IAM knows by domain. */
  readonly providerArn: string;
  /** The token's `iss`, such as `https://oidc.eks.eu-west-1.amazonaws.com/id/…`. */
  readonly issuer: string;
  /** The token's `aud` (its `azp`, where it has one). */
  readonly audience: string;
  /** The token's `sub`, such as `system:serviceaccount:shop:checkout`. */
  readonly subject: string;
  /**
   * The other claims of the token, by the claim as its condition key ends (`repository_id`). Left out = not known: conditions on
   * a key of the issuer's closed list are undecided then. Given, even empty = all of them: a listed key that is missing is absent.
   */
  readonly claims?: OtherClaims;
  /** When the call is made, ISO 8601 in UTC. Left out = not known: conditions on the time are undecided then. */
  readonly at?: string;
  /** The provider's client ids, where they are known: STS refuses every other audience. */
  readonly clientIds?: readonly string[];
}

export interface ConditionOutcome {
  readonly path: string;
  readonly operator: string;
  readonly key: string;
  readonly outcome: Tristate;
  /** Why it is undecided; null where it is not. */
  readonly doubt: Doubt | null;
  readonly expected: readonly string[];
  /** The request's value; null where the request does not have the key, or nobody can know it. */
  readonly actual: string | null;
}

export interface StatementOutcome {
  readonly index: number;
  readonly path: string;
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny' | null;
  readonly outcome: Tristate;
  readonly principal: Tristate;
  readonly action: Tristate;
  readonly conditions: readonly ConditionOutcome[];
  /** Principals and actions as the statement has them. */
  readonly expectedPrincipals: readonly string[];
  readonly expectedActions: readonly string[];
  /** What IAM's grammar does not allow; then the outcome is undecided. */
  readonly problems: readonly PolicyProblem[];
}

export interface TrustVerdict {
  readonly verdict: 'allowed' | 'denied' | 'undecided';
  /** What STS says; null where the call is not refused. */
  readonly error: string | null;
  readonly statements: readonly StatementOutcome[];
}

/** Host and path of the provider that the request names. */
export function urlOfProvider(providerArn: string): IssuerId | null {
  if (providerArn.startsWith('arn:')) return issuerIdIn(providerArn);
  const named = parseFederated(providerArn);
  return named.kind === 'domain' ? asIssuerId(named.domain) : null;
}

/** Whether STS finds the provider: its URL is the token's issuer, case included. A slash at the end or the default port is undocumented. */
export function findsProvider(url: IssuerId, issuer: string): Tristate {
  if (url === issuer) return 'yes';
  const plain = (text: string): string => text.replace(/\/$/, '').replace(/^([^/]*):443(?=\/|$)/, '$1');
  return plain(url) === plain(issuer) ? 'undecided' : 'no';
}

/**
 * Whether a principal is the service by which roles trust Cognito's classic flow across accounts (STS API reference,
 * AssumeRoleWithWebIdentity). Whose pools it allows where no condition says so, AWS does not tell.
 */
export const isServiceOfWebIdentity = ({ kind, value }: PrincipalEntry): boolean => kind === 'Service' && isCognito(value);

function matchesPrincipal(entry: PrincipalEntry, providerArn: string): Tristate {
  if (entry.kind === 'Federated' && entry.value === providerArn) return 'yes';
  // Whether "*" takes in a web identity, and whether the provider's ARN is compared with case, AWS does not say.
  if (entry.value === '*' && entry.kind !== 'Service') return 'undecided';
  if (isServiceOfWebIdentity(entry) && entry.value.toLowerCase() === providerArn.toLowerCase()) return 'undecided';
  if (entry.kind === 'Federated' && entry.value.length === providerArn.length && entry.value.toLowerCase() === providerArn.toLowerCase())
    return 'undecided';
  // Nor does it of a slash too many at the end. One that an issuer has is part of its name.
  if (entry.kind === 'Federated' && entry.value === `${providerArn}/`) return 'undecided';
  return 'no';
}

/** Whether a statement's actions take in AssumeRoleWithWebIdentity; case does not count, `*` and `?` are wildcards. */
export function coversWebIdentity(statement: Statement): boolean {
  const listed = statement.actions.some(
    ({ value }) => value === WEB_IDENTITY_ACTION || matchesGlob(parseGlob(value.toLowerCase()), WEB_IDENTITY_ACTION.toLowerCase()),
  );
  return listed !== statement.negatedAction;
}

/** Principal and action of a statement, decided. */
interface Scope {
  readonly principal: Tristate;
  readonly action: Tristate;
}

/** In so many principals and actions, or conditions, it takes no looking up. */
const FEW = 8;
/** A statement is held against thousands of subjects, who come through a handful of providers. */
const scopeByProvider = memo((statement: Statement) => memoByText((providerArn) => decideScope(statement, providerArn)));

/** Decides principal and action of a statement. */
export function evaluateScope(statement: Statement, providerArn: string): Scope {
  const isShort = statement.principals.length + statement.actions.length <= FEW;
  return isShort ? decideScope(statement, providerArn) : scopeByProvider(statement)(providerArn);
}

function decideScope(statement: Statement, providerArn: string): Scope {
  const principal = statement.negatedPrincipal
    ? 'undecided'
    : any(statement.principals.map((entry) => matchesPrincipal(entry, providerArn)));
  return { principal, action: decided(coversWebIdentity(statement)) };
}

type Find = (key: string) => KeyValue;

/** Whether some conditions have the same operator and key. */
const repeatsKeys = ({ conditions }: Pick<Statement, 'conditions'>): boolean =>
  new Set(conditions.map(conditionIdentity)).size < conditions.length;
const repeatsKeysOnce = memo(repeatsKeys);

/** Decides each condition of a statement, in order. */
export function evaluateConditions(
  statement: Pick<Statement, 'conditions'> & Partial<Statement>,
  variables: boolean,
  find: Find,
): Decision[] {
  const alone = statement.conditions.map((entry) => evaluateCondition(entry, variables, find, statement.effect));
  if (alone.length < 2 || !(alone.length > FEW ? repeatsKeysOnce : repeatsKeys)(statement)) return alone;
  const seen = new Map<string, Tristate>();
  const disputed = new Set<string>();
  statement.conditions.forEach((entry, index) => {
    const identity = conditionIdentity(entry);
    const outcome = alone[index]?.outcome ?? 'undecided';
    if ((seen.get(identity) ?? outcome) !== outcome) disputed.add(identity);
    seen.set(identity, outcome);
  });
  return alone.map((decision, index) => {
    const entry = statement.conditions[index];
    return entry !== undefined && disputed.has(conditionIdentity(entry)) ? { outcome: 'undecided', doubt: 'key-twice' } : decision;
  });
}

/** Whether a statement meets a request. What does not decides alone: principal, action, or a condition whose key is there once. */
function outcomeOf(statement: Statement, variables: boolean, find: Find, { providerArn }: WebIdentityRequest): Tristate {
  if (statement.problems.length > 0) return 'undecided';
  const { principal, action } = evaluateScope(statement, providerArn);
  if (principal === 'no' || action === 'no') return 'no';
  if (repeatsKeys(statement))
    return all([principal, action, ...evaluateConditions(statement, variables, find).map(({ outcome }) => outcome)]);
  let answer = all([principal, action]);
  for (const entry of statement.conditions) {
    const { outcome } = evaluateCondition(entry, variables, find, statement.effect);
    if (outcome === 'no') return 'no';
    if (outcome === 'undecided') answer = 'undecided';
  }
  return answer;
}

/** The same, each of its elements told. */
function evaluateStatement(statement: Statement, variables: boolean, find: Find, request: WebIdentityRequest): StatementOutcome {
  const { principal, action } = evaluateScope(statement, request.providerArn);
  const decisions = evaluateConditions(statement, variables, find);
  const conditions = statement.conditions.map((entry, index): ConditionOutcome => {
    const actual = find(entry.key);
    return {
      path: entry.path,
      operator: entry.operator,
      key: entry.key,
      outcome: decisions[index]?.outcome ?? 'undecided',
      doubt: decisions[index]?.doubt ?? null,
      expected: entry.values.map(({ value }) => value),
      actual:
        actual.state === 'present'
          ? actual.value
          : actual.state === 'several'
            ? actual.values.join(', ')
            : actual.state === 'clock'
              ? actual.at
              : null,
    };
  });
  const { index, path, sid, effect, problems } = statement;
  const outcome = outcomeOf(statement, variables, find, request);
  const expectedPrincipals = statement.principals.map(({ value }) => value);
  const expectedActions = statement.actions.map(({ value }) => value);
  return { index, path, sid, effect, outcome, principal, action, conditions, expectedPrincipals, expectedActions, problems };
}

/** What STS answers to a call, and what the call holds; null where STS refuses it before it looks at any statement. */
interface Answer extends Pick<TrustVerdict, 'verdict' | 'error'> {
  readonly find: Find | null;
}

const denied = (error: string): Answer => ({ verdict: 'denied', error, find: null });

function answerTo(policy: TrustPolicy, request: WebIdentityRequest): Answer {
  const url = urlOfProvider(request.providerArn);
  const issuer = issuerIdOf(request.issuer);
  const found = url === null ? 'no' : findsProvider(url, issuer);
  if (url === null || found === 'no') return denied(noProvider(issuerAddress(issuer)));
  if (request.clientIds?.includes(request.audience) === false) return denied(STS_WRONG_AUDIENCE);
  const find = requestReader(url, request);
  const of = (effect: 'Allow' | 'Deny'): Tristate =>
    any(
      policy.statements
        .filter((one) => one.effect === effect || one.effect === null)
        .map((one) => outcomeOf(one, policy.variables, find, request)),
    );
  const unreadable: Tristate = policy.problems.length > 0 ? 'undecided' : 'no';
  const answer = all([found, any([of('Allow'), unreadable]), not(any([of('Deny'), unreadable]))]);
  return {
    verdict: answer === 'yes' ? 'allowed' : answer === 'no' ? 'denied' : 'undecided',
    error: answer === 'no' ? STS_NOT_AUTHORIZED : null,
    find,
  };
}

/**
 * The verdict of a parsed trust policy on one call. An explicit Deny beats every Allow; what configuration cannot decide
 * stays `undecided`. Of thousands of verdicts one is explained, by `evaluateParsed`.
 */
export function verdictOf(policy: TrustPolicy, request: WebIdentityRequest): TrustVerdict['verdict'] {
  return answerTo(policy, request).verdict;
}

/** The same, with what STS says and what each statement comes to. */
export function evaluateParsed(policy: TrustPolicy, request: WebIdentityRequest): TrustVerdict {
  const { verdict, error, find } = answerTo(policy, request);
  const { statements, variables } = policy;
  return { verdict, error, statements: find === null ? [] : statements.map((one) => evaluateStatement(one, variables, find, request)) };
}

/**
 * Whether STS lets a web identity into a role.
 * @param policyDocument the trust policy as JSON (an object, or any text that is not a policy)
 * @returns the verdict, what STS would have said, and each statement's elements. Whatever a policy holds, it never throws.
 * @throws InputError where the request lacks what a call has
 * Source: IAM User Guide, policy evaluation logic and condition operators; see docs/trust-evaluation.md.
 */
export function evaluateTrust(policyDocument: Json, request: WebIdentityRequest): TrustVerdict {
  demandRequest(policyDocument, request);
  return evaluateParsed(parseTrustPolicy(policyDocument), request);
}
