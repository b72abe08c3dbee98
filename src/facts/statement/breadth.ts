import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { widestValue } from '../../policy/language/variables.js';
import { globMatcher, hasWildcard } from '../../policy/pattern/glob.js';
import { parseTrustPolicy, type TrustPolicy } from '../../policy/language/parse.js';
import { doorOf, type OwnAccount } from '../../policy/language/token.js';
import { strangersIn, wholeNamespacesOf, type Stranger } from '../../policy/subjects/strange-subject.js';
import { exceptionsOf } from '../../policy/subjects/subject-exceptions.js';
import { strangeName } from '../../policy/subjects/subject-questions.js';
import { literalOf, membership, type SubjectSet } from '../../policy/subjects/subject-set.js';
import type { Json } from '../../model/inventory/inventory.js';
import type { Condition, WebIdentityStatement } from './web-identity.js';
import { concerns, conditionsOn } from './web-identity.js';

export type Breadth = 'everybody' | 'namespace-open' | 'namespace-wide' | 'bounded';

export interface Exposure {
  readonly breadth: Breadth;
  /** The subject patterns that make it so; empty where nothing limits the subject. */
  readonly patterns: readonly string[];
  /** Namespaces whose every service account is allowed. */
  readonly namespaces: readonly string[];
  /** Subjects and patterns of whom conditions or Deny statements leave out. */
  readonly except: readonly string[];
  /** Whether a subject is allowed, by the evaluator; of an exposure that is only possible, whether it may be. */
  readonly allows: (subject: string) => boolean;
}

const BOUNDED: Exposure = { breadth: 'bounded', patterns: [], namespaces: [], except: [], allows: () => false };

/** Values of the conditions that limit the subject positively. */
export function subjectPatterns(statement: WebIdentityStatement): { condition: Condition; value: string; wildcard: boolean }[] {
  return conditionsOn(statement, 'sub').flatMap((condition) =>
    condition.operator === null || condition.operator.negated || condition.operator.family === 'null'
      ? []
      : condition.entry.values.map(({ value }) => ({
          condition,
          value,
          wildcard: (condition.operator?.wildcards === true && hasWildcard(value)) || widestValue(value) !== value,
        })),
  );
}

/**
 * How wide one statement opens a role to the service accounts of an issuer: decided by the exact set of whom it allows and
 * by subjects that nobody named, not by reading the text.
 * @param set whom the statement allows, the document's Deny statements beside it
 * @param orMay whether those count too of whom configuration cannot tell
 */
export function exposureOf(statement: WebIdentityStatement, set: SubjectSet, orMay: boolean): Exposure {
  const clauses = orMay ? set.possible : set.definite;
  // Who is named is no stranger; of an opaque set the evaluator may know others.
  if (!set.opaque && clauses.every((clause) => literalOf(clause) !== null)) return BOUNDED;
  // What it mentions was not checked: of nobody can it be said that it does not mention them.
  if (set.limit !== null && set.requirements.length === 0) return BOUNDED;
  const allows = (subject: string): boolean => {
    const answer = membership(set, subject);
    return answer === 'yes' || (orMay && answer === 'undecided');
  };
  const wildcards = subjectPatterns(statement).flatMap(({ wildcard, value }) => (wildcard ? [value] : []));
  const strangers = strangersIn(set, clauses);
  // Whoever is in a clause is allowed; of those who only may be, an opaque set leaves it to the evaluator.
  const strangeIn = (namespace: string | null): readonly Stranger[] =>
    orMay && set.opaque ? strangers(namespace).filter(({ subject }) => allows(subject)) : strangers(namespace);
  const patternsOf = (found: readonly Stranger[]): readonly string[] => {
    const texts = new Set(found.flatMap(({ clause }) => clause.all.map(({ text }) => text)));
    const distinct = [...new Set(wildcards)];
    const named = distinct.filter((value) => texts.has(value));
    // An operator that is no comparison of text opens by no pattern of its own.
    return named.length > 0 ? named : distinct;
  };
  const name = strangeName(set);
  const anybody = `system:serviceaccount:${name}:${name}`;
  const holdsAnybody = (value: string): boolean => globMatcher(widestValue(value))(anybody);
  const except = exceptionsOf(orMay ? { ...set, definite: set.possible, opaque: false } : set);
  if (allows(anybody)) return { breadth: 'everybody', patterns: wildcards.filter(holdsAnybody), namespaces: [], except, allows };
  // The values of its variables are their issuer's word.
  if (set.opaque && wildcards.length === 0) return BOUNDED;
  const open = strangeIn(null);
  if (open.length > 0) return { breadth: 'namespace-open', patterns: patternsOf(open), namespaces: [], except, allows };
  const whole = wholeNamespacesOf(clauses, strangeIn);
  if (whole.length === 0) return BOUNDED;
  const patterns = patternsOf(whole.flatMap((one) => one.strangers));
  return { breadth: 'namespace-wide', patterns, namespaces: whole.map(({ namespace }) => namespace), except, allows };
}

/**
 * The policy that holds one statement alone, beside the document's Deny statements, with malformed ARN and keys as they
 * were meant: so an exposure that a defect keeps shut can be told before somebody repairs the defect.
 */
export function statementAlone(policy: TrustPolicy, statement: WebIdentityStatement): TrustPolicy {
  return { ...policy, statements: policy.statements.filter((one) => one.index === statement.statement.index || one.effect === 'Deny') };
}

/**
 * The statement as it was meant for one of its issuers: federated ARN of this account, keys cleaned and of this issuer,
 * the right action. Keys of the statement's other issuers are left out: their tokens need a statement of their own.
 */
export function statementAsMeant(policy: TrustPolicy, statement: WebIdentityStatement, url: IssuerId, owner: OwnAccount): TrustPolicy {
  const conditions: Record<string, Record<string, Json>> = {};
  for (const condition of statement.conditions.filter((one) => concerns(one, url))) {
    const { entry } = condition;
    const block = (conditions[entry.operator] ??= {});
    const claim = condition.claim;
    block[claim === null ? entry.key : `${url}:${claim}`] = entry.values.map(({ value }) => value);
  }
  const meant = parseTrustPolicy({
    Version: policy.version ?? '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: doorOf(url, owner).providerArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: conditions,
      },
    ],
  });
  return {
    ...meant,
    statements: [
      ...meant.statements,
      ...policy.statements.filter(({ effect }) => effect === 'Deny').map((deny) => ({ ...deny, index: deny.index + 1 })),
    ],
  };
}
