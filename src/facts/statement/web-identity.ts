import { asIssuerId, type IssuerId } from '../../model/inventory/issuer-id.js';
import { DEFAULT_CLAIMS, parseConditionKey, type ConditionKey } from '../../policy/language/condition-key.js';
import { parseOperator, type Operator } from '../../policy/language/condition-operators.js';
import { coversWebIdentity, isServiceOfWebIdentity } from '../../policy/language/evaluate.js';
import { parseFederated, type Federated } from '../../policy/language/federated.js';
import { isEverybody, type ConditionEntry, type PrincipalEntry, type Statement, type TrustPolicy } from '../../policy/language/parse.js';

/** One `Federated` value of a statement. */
export interface FederatedPrincipal {
  readonly entry: PrincipalEntry;
  readonly named: Federated;
  /** Host and path of the issuer that it names or was meant to name; the domain for Cognito and the like; null otherwise. */
  readonly url: IssuerId | null;
}

/** One condition of a statement, with key and operator read. */
export interface Condition {
  readonly entry: ConditionEntry;
  readonly key: ConditionKey;
  /** null = an operator that IAM does not know. */
  readonly operator: Operator | null;
  /** The key's issuer, cleaned, is that of a federated principal of the statement (compared without case). */
  readonly ownIssuer: boolean;
  /** The claim that it was meant for, in lower case; null for global keys and where nothing tells. */
  readonly claim: string | null;
}

/** An Allow statement that is meant for web identities: it has a federated principal that is no SAML provider. */
export interface WebIdentityStatement {
  readonly statement: Statement;
  readonly federated: readonly FederatedPrincipal[];
  /** The issuers that these name or mean, each once. */
  readonly issuers: readonly IssuerId[];
  readonly conditions: readonly Condition[];
  /** The actions take in `sts:AssumeRoleWithWebIdentity`. */
  readonly allowsWebIdentity: boolean;
}

function urlOf(named: Federated): IssuerId | null {
  switch (named.kind) {
    case 'oidc':
      return named.url;
    case 'domain':
      return asIssuerId(named.domain);
    case 'malformed':
      return named.url === null ? null : asIssuerId(named.url.replace(/\/$/, ''));
    case 'saml':
      return null;
  }
}

/** The issuer that each principal of a statement names or means; null for whoever has no token. */
export const issuersNamed = ({ principals, negatedPrincipal }: Statement): readonly (IssuerId | null)[] =>
  principals.map((entry) =>
    !negatedPrincipal && (entry.kind === 'Federated' || isServiceOfWebIdentity(entry)) ? urlOf(parseFederated(entry.value)) : null,
  );

/** A condition of a statement with principals of these issuers, with key and operator read. */
export function readCondition(entry: ConditionEntry, issuers: readonly string[]): Condition {
  const key = parseConditionKey(entry.key);
  const operator = parseOperator(entry.operator);
  return {
    entry,
    key,
    operator,
    ownIssuer:
      key.kind === 'claim' && (issuers.includes(key.issuer) || issuers.some((url) => url.toLowerCase() === key.issuer.toLowerCase())),
    claim: operator?.negated === true ? ownClaim(key) : meantClaim(key, entry),
  };
}

/** A statement with its federated principals and its conditions read. */
function read(statement: Statement, others: readonly IssuerId[] = []): WebIdentityStatement {
  const isWebIdentity = coversWebIdentity(statement);
  const federated = statement.principals
    .filter((entry) => entry.kind === 'Federated' || (isServiceOfWebIdentity(entry) && isWebIdentity))
    .map((entry) => {
      const named = parseFederated(entry.value);
      return { entry, named, url: urlOf(named) };
    });
  const issuers = [...new Set([...federated.flatMap(({ url }) => (url === null ? [] : [url])), ...others])];
  const conditions = statement.conditions.map((entry) => readCondition(entry, issuers));
  return { statement, federated, issuers, conditions, allowsWebIdentity: isWebIdentity };
}

/** The web-identity statements of a trust policy, in order. Statements for SAML, services but that of Cognito, and AWS principals are left out. */
export function webIdentityStatements(policy: TrustPolicy): WebIdentityStatement[] {
  return (
    policy.statements
      .filter(({ effect, negatedPrincipal }) => effect === 'Allow' && !negatedPrincipal)
      // Most roles of an account are for services, and need no reading.
      .filter(({ principals }) => principals.some((entry) => entry.kind === 'Federated' || isServiceOfWebIdentity(entry)))
      .map((statement) => read(statement))
      .filter(({ federated }) => federated.some(({ named }) => named.kind !== 'saml'))
  );
}

/**
 * The Deny statements of a trust policy that callers with a web identity token may meet, read likewise: those for every principal are
 * for the issuers that the policy trusts.
 */
export function denyStatements({
  policy,
  statements,
}: {
  policy: TrustPolicy;
  statements: readonly WebIdentityStatement[];
}): WebIdentityStatement[] {
  const trusted = [...new Set(statements.flatMap(({ issuers }) => issuers))];
  return policy.statements
    .filter((one) => one.effect === 'Deny' && !one.negatedPrincipal && coversWebIdentity(one))
    .filter(({ principals }) => principals.some((entry) => entry.kind === 'Federated' || isEverybody(entry)))
    .map((one) => read(one, one.principals.some(isEverybody) ? trusted : []));
}

/** Values that only a subject has: of a service account, or of a pipeline on an issuer that many share. */
const SUBJECT_VALUE = /^\s*(?:system:)?serviceaccounts?:|^(?:repo|project_path|organization):/i;
const AUDIENCE_VALUE = /^\s*sts\.amazonaws\.com/i;

const ownClaim = (key: ConditionKey): string | null => (key.kind === 'claim' ? (key.claim?.toLowerCase() ?? null) : null);

/**
 * A value gives the claim away where the key names none, an unknown one, or the audience for what is plainly a subject; not under
 * a negated operator, which such a key meets.
 */
function meantClaim(key: ConditionKey, entry: ConditionEntry): string | null {
  const claim = ownClaim(key);
  if (key.kind !== 'claim' || claim === 'sub' || claim === 'oaud') return claim;
  if (entry.values.some(({ value }) => SUBJECT_VALUE.test(value))) return 'sub';
  const odd = claim === null || !DEFAULT_CLAIMS.some((one) => one === claim);
  return odd && entry.values.some(({ value }) => AUDIENCE_VALUE.test(value)) ? 'aud' : claim;
}

/**
 * The conditions of a statement that speak of a claim, also where the key is malformed or names another issuer: such a
 * key counts as present for its claim, because its own defect is told elsewhere.
 */
export function conditionsOn(statement: WebIdentityStatement, claim: string): readonly Condition[] {
  return statement.conditions.filter((condition) => condition.claim === claim);
}

/** The values that conditions name, as they are there. */
export function valuesOf(conditions: readonly Condition[]): readonly string[] {
  return conditions.flatMap(({ entry }) => entry.values.map(({ value }) => value));
}

/** Whether a condition concerns tokens of this issuer: it does unless its key belongs to another principal of the statement. */
export function concerns({ key, ownIssuer }: Condition, url: IssuerId): boolean {
  return !ownIssuer || key.issuer.toLowerCase() === url.toLowerCase();
}
