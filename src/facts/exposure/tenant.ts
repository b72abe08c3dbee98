import { issuerAddress, type IssuerId } from '../../model/inventory/issuer-id.js';
import { canBeCarried, isForAnother, isPositive, passesWithoutKey } from '../statement/condition-semantics.js';
import { statementAlone } from '../statement/breadth.js';
import { trustedIssuers } from '../provider/trusted-issuers.js';
import { isProviderAbsent } from '../trust/dead-statement.js';
import type { Has } from '../account/facts.js';
import { pipelineProblem } from '../statement/pipeline-subject.js';
import type { Trust } from '../account/role-facts.js';
import { isAuxiliary } from '../trust/service-accounts-of-role.js';
import { sharedIssuer, type SharedIssuer } from '../issuer/shared-issuers.js';
import { strangersAudiences, strangersClaims } from '../statement/strangers-token.js';
import { concerns, readCondition, type Condition, type WebIdentityStatement } from '../statement/web-identity.js';
import type { Confidence, Severity } from '../../model/report/finding.js';
import { unanswered, type Unless } from '../../model/inventory/observed.js';
import { readAsStranger } from '../../policy/language/caller-conditions.js';
import { coversWebIdentity, evaluateScope } from '../../policy/language/evaluate.js';
import { hasWildcard } from '../../policy/pattern/glob.js';
import { isBuiltIn, keysOfIssuer } from '../../policy/language/issuer-keys.js';
import { withoutDeny, type Located, type Statement, type TrustPolicy } from '../../policy/language/parse.js';
import { Steps } from '../../policy/pattern/steps.js';
import type { SubjectClause } from '../../policy/subjects/clause-witness.js';
import { subjectSet, witnessIn, type SubjectSet } from '../../policy/subjects/subject-set.js';
import { any, type Tristate } from '../../policy/language/tristate.js';
import { widestValue, withoutVariables } from '../../policy/language/variables.js';
import { doorOf } from '../../policy/language/token.js';

/** What is spent on one statement; what is left undecided is told as possible. */
const STEPS = 200_000;

/** How far a statement tells the tenants of a shared issuer apart. `vacuous`: only by conditions that limit nothing. */
export type TenantLimit = 'limited' | 'open' | 'vacuous' | 'missing';

export interface SharedStatement {
  readonly statement: WebIdentityStatement;
  readonly url: IssuerId;
  readonly shared: SharedIssuer;
  readonly limit: TenantLimit;
  /** Values that leave the tenant open. */
  readonly open: readonly Located[];
  /** Another defect blocks it today, or the account has no provider of the issuer. */
  readonly latent: boolean;
  /** `possible` where a condition that configuration cannot decide may deny strangers; its keys are in `undecided`. */
  readonly confidence: 'certain' | 'possible';
  readonly undecided: readonly string[];
  /** Why strangers may be denied anyway: some audiences are denied, and which of them the provider takes was not read. */
  readonly unless: Unless | null;
}

/** How grave it is that strangers are allowed, and how sure. */
export function sharedAt({ confidence, unless }: Pick<SharedStatement, 'confidence' | 'unless'>): {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly unless: Unless | null;
} {
  return { severity: confidence === 'possible' ? 'high' : 'critical', confidence, unless };
}

/** The claim, or the global key, that a condition is about, in lower case. */
const nameOf = ({ claim, entry }: Condition): string => claim ?? entry.key.trim().toLowerCase();

/** An issuer that many share, and where it is. */
type At = Pick<SharedStatement, 'url' | 'shared'>;

/**
 * Whether a value of a claim leaves open whose token it is: the part that names the tenant holds a wildcard, or is not there. A
 * subject that no token of the issuer can have is nobody's.
 */
function leavesOpen(claim: string, value: string, { url, shared: { tenants, anybodysSubject } }: At): boolean {
  if (claim === 'sub' && pipelineProblem(value, url) !== null) return false;
  const part = tenants[claim]?.exec(value)?.[1];
  if (part === undefined) return hasWildcard(value) || (claim === 'sub' && anybodysSubject?.test(value) === true) || claim === 'aud';
  // GitHub's immutable subjects are owner@id: no name holds an "@", so the owner is fixed before it.
  return hasWildcard(part) && !/^[^*?@]+@\*$/.test(part);
}

/**
 * The values of a condition that leave the tenant open. A wildcard counts where the operator takes it for one; a variable,
 * where the document has any, stands for whatever a caller may come with.
 */
function openValues(condition: Condition, at: At, variables: boolean): readonly Located[] {
  const { operator, entry } = condition;
  const isExact = operator?.family === 'string' || operator?.name === 'NumericEquals';
  return entry.values.filter(({ value }) => {
    if (!isExact) return true;
    const [fixed, widest] = variables ? [withoutVariables(value, ''), widestValue(value)] : [value, value];
    return (operator.wildcards || !hasWildcard(fixed)) && leavesOpen(nameOf(condition), widest, at);
  });
}

/** Claims that a token of any issuer may lack. */
const OPTIONAL = ['amr', 'email'];

/** The claims that some tokens of the issuer lack. */
const optionalOf = ({ optional = [], always = [] }: SharedIssuer): readonly string[] =>
  [...OPTIONAL, ...optional].filter((claim) => !always.includes(claim));

/** Whether some tokens of the issuer lack a claim that STS knows of it. */
export const mayLack = (claim: string, shared: SharedIssuer): boolean => optionalOf(shared).includes(claim);

/** Whether every token of the issuer has the key of a condition. */
const isAlwaysThere = (condition: Condition, shared: SharedIssuer): boolean =>
  condition.key.kind === 'global' || (canBeCarried(condition, false) && !mayLack(nameOf(condition), shared));

const compares = (one: Condition, shared: SharedIssuer): boolean =>
  isPositive(one) && (!passesWithoutKey(one) || isAlwaysThere(one, shared));

/** Whether a condition is about whose token it is: an audience that is everybody's is not. */
function isOfTenant(condition: Condition, { tenants }: SharedIssuer): boolean {
  const part = tenants[nameOf(condition)];
  if (part === undefined || nameOf(condition) !== 'aud') return part !== undefined;
  return condition.operator?.family !== 'null' && condition.entry.values.some(({ value }) => part.test(value));
}

/** Whether a condition on a tenant's claim, which limits nobody, was plainly meant to: not one that is negated, or asks for absence. */
function looksLikeLimit(condition: Condition): boolean {
  const { operator, entry } = condition;
  if (operator?.family !== 'null') return operator?.negated === false;
  return !canBeCarried(condition, false) || entry.values.some(({ value }) => /^false$/i.test(value));
}

function limitOf(conditions: readonly Condition[], at: At, variables: boolean): Pick<SharedStatement, 'limit' | 'open'> {
  const tenant = conditions.filter((one) => isOfTenant(one, at.shared));
  const counting = tenant.filter((one) => compares(one, at.shared));
  if (counting.some((one) => openValues(one, at, variables).length === 0)) return { limit: 'limited', open: [] };
  const open = counting.flatMap((one) => openValues(one, at, variables));
  if (open.length > 0) return { limit: 'open', open };
  return { limit: tenant.some(looksLikeLimit) ? 'vacuous' : 'missing', open: [] };
}

/** Whether one of several values of a claim is enough, and anybody's token has that. */
function isMetByAnybody(condition: Condition, { anybodys }: SharedIssuer): boolean {
  const { operator, entry } = condition;
  const values = anybodys?.[nameOf(condition)];
  if (operator?.set !== 'ForAnyValue' || operator.negated || values === undefined) return false;
  return entry.values.some(({ value }) => (operator.wildcards || !hasWildcard(value)) && values.test(value));
}

/** Keys that name something of somebody's, of which configuration cannot tell whether it denies strangers. */
function unsureKeys(conditions: readonly Condition[], denied: readonly Condition[], shared: SharedIssuer): readonly string[] {
  const unsure = new Set([...OPTIONAL, ...(shared.unsure ?? [])]);
  const isUnsure = (one: Condition): boolean => unsure.has(nameOf(one)) && canBeCarried(one, false);
  // Of a path its first part is whose it is.
  const names = ({ value }: Located): boolean => (value.includes('/') ? /^[^*?/]+\// : /^[^*?]|@[^*?]+$/).test(value);
  const asks = (one: Condition): boolean => one.operator?.family === 'null' || compares(one, shared);
  const demanded = conditions.filter((one) => isUnsure(one) && asks(one) && one.entry.values.every(names) && !isMetByAnybody(one, shared));
  return [...demanded, ...denied.filter(isUnsure)].map(({ entry }) => entry.key);
}

/**
 * Whether a Deny statement, as strangers meet it, denies all tenants but those that it names: its one condition is the
 * negation of what an Allow would have to require.
 */
function deniesStrangers(deny: Statement, { url, arn, shared, policy }: Omit<Read, 'conditions'>): Tristate {
  const principal = evaluateScope(deny, arn).principal;
  if (deny.effect !== 'Deny' || principal === 'no' || deny.problems.length > 0 || !coversWebIdentity(deny)) return 'no';
  const [only, ...others] = deny.conditions.map((entry) => readCondition(entry, [url]));
  if (only === undefined) return principal;
  const { operator } = only;
  const isNegation = operator?.negated === true && operator.set === null && !operator.ifExists;
  if (others.length > 0 || !isNegation || shared.tenants[nameOf(only)] === undefined || !canBeCarried(only, false)) return 'no';
  return openValues(only, { url, shared }, policy.variables).length === 0 ? principal : 'no';
}

/** What a statement for a shared issuer says of whose token it must be; `policy` as a stranger meets it. */
interface Read {
  readonly policy: TrustPolicy;
  readonly conditions: readonly Condition[];
  readonly arn: string;
  readonly url: IssuerId;
  readonly shared: SharedIssuer;
}

/** Whether a set allows somebody whose subject names no tenant. */
function hasStranger(set: SubjectSet, isOpen: (subject: string) => boolean): Tristate {
  const found = (clauses: readonly SubjectClause[]): Tristate =>
    any(
      clauses
        // A subject that is a wildcard by the letter is nobody's.
        .filter(({ all }) => all.every(({ text, literal }) => isOpen(text) && (literal === null || !hasWildcard(literal))))
        .map((clause) => ({ found: 'yes', empty: 'no', undecided: 'undecided' })[witnessIn(clause, set).kind] as Tristate),
    );
  const definite = found(set.definite);
  if (definite === 'yes' || set.possible === set.definite) return definite;
  return found(set.possible) === 'no' ? 'no' : 'undecided';
}

/**
 * Whether a statement asks for the claim that IAM requires of its issuer: that of the tenant may be named by another. Of several values
 * it reads the first (IAM User Guide, "Identity-provider controls for shared OIDC providers"; the first value: observed).
 */
export function asksForControl({ statement, url, shared: { control } }: Pick<SharedStatement, 'statement' | 'url' | 'shared'>): boolean {
  return (
    control === null ||
    statement.conditions.some(
      (one) =>
        concerns(one, url) && nameOf(one) === control && one.entry.values.length > 0 && !/^\*+$/.test(one.entry.values[0]?.value ?? ''),
    )
  );
}

/** Why it is not known which audiences the provider of an issuer takes; those that are built into AWS have none. */
function audiencesUnread(url: IssuerId, facts: Has<'providers'>): Unless | null {
  if (isBuiltIn(url)) return null;
  return unanswered(facts.providerOf(url)?.detail ?? facts.inventory.providers);
}

/** Whether a stranger with an account at the issuer is allowed, by the evaluator: with each audience of the tokens that they can bring. */
function admitsStranger({ policy, arn, url, shared, conditions }: Read, facts: Has<'providers'>): readonly Tristate[] {
  const isOpen = (claim: string, value: string): boolean =>
    shared.tenants[claim] === undefined || leavesOpen(claim, value, { url, shared });
  const detail = facts.providerOf(url)?.detail;
  const steps = new Steps(STEPS);
  const token = { url, conditions: [...conditions, ...denied(policy, url)], optional: optionalOf(shared), isOpen };
  const audiences = detail?.known === true ? detail.value.clientIds : strangersAudiences(token);
  const claimed = strangersClaims(token, conditions, policy.variables);
  const door = { providerArn: arn, issuer: issuerAddress(url) };
  return audiences.map((audience) =>
    any(
      claimed.map((claims) => {
        const set = subjectSet(policy, { ...door, audience, ...(claims === null ? {} : { claims }) }, steps);
        return hasStranger(set, (text) => isOpen(keysOfIssuer(url).subject, text));
      }),
    ),
  );
}

const denied = ({ statements }: TrustPolicy, url: IssuerId): readonly Condition[] =>
  statements.filter(({ effect }) => effect === 'Deny').flatMap((deny) => deny.conditions.map((entry) => readCondition(entry, [url])));

/** What the statement comes to for strangers: a Deny that denies them is a limit, any other defect denies them for today. */
function standingOf(read: Read, facts: Has<'providers'>): Pick<SharedStatement, 'latent' | 'confidence' | 'unless'> | 'limited' {
  const byAudience = admitsStranger(read, facts);
  const admits = any(byAudience);
  if (admits === 'no' && any(admitsStranger({ ...read, policy: withoutDeny(read.policy) }, facts)) !== 'no') return 'limited';
  // Of audiences that the Allow refuses the provider needs to take none: one that it does allow is enough.
  const isDeniedByAudience = denied(read.policy, read.url).some(({ claim }) => claim === 'aud');
  const unless = admits !== 'no' && isDeniedByAudience && byAudience.includes('no') ? audiencesUnread(read.url, facts) : null;
  return { latent: admits === 'no', confidence: admits === 'undecided' ? 'possible' : 'certain', unless };
}

function sharedStatement(
  trust: Trust,
  statement: WebIdentityStatement,
  { url, shared }: Pick<SharedStatement, 'url' | 'shared'>,
  facts: Has<'providers'>,
): SharedStatement {
  const { collectedAt } = facts.inventory;
  const { policy, unknown } = readAsStranger(statementAlone(trust.policy, statement), {
    kind: 'web-identity',
    now: collectedAt,
    networkKeepsOut: null,
  });
  const own = policy.statements.find(({ index }) => index === statement.statement.index);
  const conditions = statement.conditions.filter((one) => concerns(one, url));
  const arn = doorOf(url, facts.inventory).providerArn;
  const limit = limitOf(conditions, { url, shared }, policy.variables);
  const unsure = [...new Set([...unknown, ...unsureKeys(conditions, denied(policy, url), shared)])];
  const base = { statement, url, shared, undecided: unsure, latent: false, confidence: 'certain' as const, unless: null };
  const denies = any(policy.statements.map((deny) => deniesStrangers(deny, { url, arn, shared, policy })));
  const isLimited = own === undefined || isForAnother(statement, url) || denies === 'yes';
  if (isLimited || limit.limit === 'limited') return { ...base, limit: 'limited', open: [] };
  const left = new Set(own.conditions);
  const standing = standingOf({ policy, conditions: conditions.filter(({ entry }) => left.has(entry)), arn, url, shared }, facts);
  if (standing === 'limited') return { ...base, limit: 'limited', open: [] };
  const latent = standing.latent || (!isBuiltIn(url) && isProviderAbsent(url, facts));
  return { ...base, ...limit, ...standing, latent, ...(unsure.length > 0 || denies === 'undecided' ? { confidence: 'possible' } : {}) };
}

/** The statements of a trust policy for issuers that sign tokens for everybody, as strangers meet them. */
export function sharedStatements(trust: Trust, facts: Has<'providers'>): SharedStatement[] {
  return trust.statements.flatMap((statement) => {
    if (isAuxiliary(statement, trust)) return [];
    return trustedIssuers(statement, facts).flatMap((url): SharedStatement[] => {
      const shared = sharedIssuer(url);
      return shared === null ? [] : [sharedStatement(trust, statement, { url, shared }, facts)];
    });
  });
}
