import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { claimReader, isEksIssuer, requestReader, SERVICE_ACCOUNT_PREFIX, type OtherClaims } from '../language/claims.js';
import { parseOperator, patternOf, type Operator } from '../language/condition-operators.js';
import { evaluateConditions, evaluateScope } from '../language/evaluate.js';
import { conditionIdentity, evaluateCondition } from '../language/evaluate-condition.js';
import { leastLength, parseGlob, type GlobPart } from '../pattern/glob.js';
import { keysOfIssuer } from '../language/issuer-keys.js';
import type { ConditionEntry, Statement } from '../language/parse.js';
import { subjectPattern, type SubjectPattern } from './subject-pattern.js';
import { all, type Tristate } from '../language/tristate.js';
import { isItself, resolveVariables, type KeyValue } from '../language/variables.js';

/** One provider and audience through which subjects come. */
export interface ProviderAudience {
  readonly providerArn: string;
  readonly url: IssuerId;
  readonly audience: string;
  readonly claims?: OtherClaims;
  readonly at?: string;
}

/** One condition on the subject: patterns of which one has to match, or none may. */
export interface SubjectCondition {
  /** JSON path of the condition. */
  readonly path: string;
  readonly patterns: readonly SubjectPattern[];
}

/** What a statement requires: all of `anyOf`, none of `noneOf`, and whatever does not depend on the subject. */
export interface Requirement {
  readonly statement: Statement;
  readonly anyOf: readonly SubjectCondition[];
  readonly noneOf: readonly SubjectCondition[];
  /** Everything that does not depend on the subject. `no` = the statement never applies, because of what is at `failing`. */
  readonly rest: Tristate;
  readonly failing: readonly string[];
  /** Some condition on the subject cannot be put in patterns: who meets it, only the evaluator can tell. */
  readonly opaque: boolean;
}

/**
 * The longest subject that EKS signs: namespaces are DNS labels of at most 63 characters, names DNS subdomains of at most 253
 * (Kubernetes, "Object Names and IDs").
 */
const LONGEST_OF_EKS = SERVICE_ACCOUNT_PREFIX.length + 63 + ':'.length + 253;
/** OpenID Connect Core allows a `sub` 255 characters, and STS tells of as many; issuers that put many claims into it get near a thousand. */
const LONGEST_OF_OTHERS = 2_048;

/** `system:serviceaccount:namespace:name`: neither of the two holds a colon. */
const COLONS_OF_EKS = 3;

const colonsIn = (parts: readonly GlobPart[]): number => parts.filter((part) => part.kind === 'literal' && part.char === ':').length;

/** Whether some token of an issuer may have a subject like this, by its length, and of EKS by its parts. */
const canBeSigned = (parts: readonly GlobPart[], isEks: boolean): boolean =>
  leastLength(parts) <= (isEks ? LONGEST_OF_EKS : LONGEST_OF_OTHERS) && (!isEks || colonsIn(parts) <= COLONS_OF_EKS);

const KUBERNETES: SubjectPattern = subjectPattern(parseGlob(`${SERVICE_ACCOUNT_PREFIX}*`), false, '$');
const kubernetes: SubjectCondition = { path: '$', patterns: [KUBERNETES] };

interface Patterns {
  readonly kind: 'anyOf' | 'noneOf';
  /** null = who meets the condition cannot be put in patterns. */
  readonly patterns: readonly SubjectPattern[] | null;
  /** Only the evaluator can tell who of those meets it. */
  readonly opaque: boolean;
}

const OPAQUE: Patterns = { kind: 'anyOf', patterns: null, opaque: true };

/**
 * A condition on the subject as patterns. A value whose variables have no value matches nobody, nor does one like which the issuer signs
 * no subject. Of one whose variables nobody can tell, the pattern is the widest that it may come to, and opaque.
 * @param find what keys have in the request; null = `${…}` has no meaning in the document
 */
function patternsOf(operator: Operator, entry: ConditionEntry, find: ((key: string) => KeyValue) | null, isEks: boolean): Patterns {
  if (operator.family !== 'string') return OPAQUE;
  const patterns: SubjectPattern[] = [];
  let opaque = false;
  for (const { value, path } of entry.values) {
    let parts: readonly GlobPart[] = patternOf(operator, value);
    if (find !== null && !operator.wildcards && isItself(entry, value)) parts = parseGlob('*');
    else if (find !== null && value.includes('${')) {
      const resolved = resolveVariables(operator, value, find);
      // Whoever does not match the widest pattern matches none of what it may come to; of a negation that says nothing.
      if (resolved.state === 'unknowable' && operator.negated) return OPAQUE;
      if (resolved.state === 'null') continue;
      if (resolved.state === 'unknowable') opaque = true;
      parts = resolved.state === 'unknowable' ? resolved.widest : resolved.parts;
    }
    if (canBeSigned(parts, isEks)) patterns.push(subjectPattern(parts, operator.ignoreCase, path));
  }
  return { kind: operator.negated ? 'noneOf' : 'anyOf', patterns, opaque };
}

/** No subject of a service account is a number, a date or an address: what an operator for these makes of one it makes of all. */
const isTyped = ({ operator }: ConditionEntry): boolean => ['numeric', 'date', 'ip'].includes(parseOperator(operator)?.family ?? '');

/** Whether deciding a condition asks for the subject, as its key or as a variable. */
function hangsOnSubject(
  entry: ConditionEntry,
  variables: boolean,
  isSubject: (key: string) => boolean,
  find: (key: string) => KeyValue,
): boolean {
  if (isSubject(entry.key)) return true;
  if (!entry.values.some(({ value }) => value.includes('${'))) return false;
  const asked: string[] = [];
  evaluateCondition(entry, variables, (key) => {
    asked.push(key);
    return find(key);
  });
  return asked.some(isSubject);
}

/** Keys that appear twice and depend on the subject: the evaluator alone knows whether the two agree on one. */
function disputableIn(conditions: readonly { readonly identity: string; readonly hangs: boolean }[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  const hanging = new Set<string>();
  for (const { identity, hangs } of conditions) {
    if (seen.has(identity)) twice.add(identity);
    seen.add(identity);
    if (hangs) hanging.add(identity);
  }
  return new Set([...twice].filter((identity) => hanging.has(identity)));
}

/** What a statement requires of subjects of one kind; `representative` decides which claims their tokens have. */
function requirementFor(
  statement: Statement,
  variables: boolean,
  { providerArn, url, ...token }: ProviderAudience,
  representative: string,
): Requirement {
  const find = requestReader(url, { ...token, subject: representative });
  const claimOf = claimReader(url);
  const { subject, isMapped } = keysOfIssuer(url);
  const ofPods = representative !== '' && (isEksIssuer(url) || !isMapped);
  const isSubject = (key: string): boolean => claimOf(key) === subject;
  /** As `find`, but the subject itself is left open. */
  const findOthers = (key: string): KeyValue => (isSubject(key) ? { state: 'unknowable' } : find(key));
  const conditions = statement.conditions.map((entry) => ({
    entry,
    operator: parseOperator(entry.operator),
    identity: conditionIdentity(entry),
    hangs: !(ofPods && isTyped(entry) && isSubject(entry.key)) && hangsOnSubject(entry, variables, isSubject, find),
  }));
  const disputable = disputableIn(conditions);
  const decisions = evaluateConditions(statement, variables, find);
  const anyOf: SubjectCondition[] = [];
  const noneOf: SubjectCondition[] = [];
  const outcomes: { readonly path: string; readonly outcome: Tristate }[] = [];
  let opaque = false;
  for (const [index, { entry, operator, identity, hangs }] of conditions.entries()) {
    const twice = disputable.has(identity);
    if (operator === null || operator.family === 'null' || (!twice && (!hangs || entry.values.length === 0))) {
      outcomes.push({ path: entry.path, outcome: decisions[index]?.outcome ?? 'undecided' });
      continue;
    }
    const read = twice || !isSubject(entry.key) ? OPAQUE : patternsOf(operator, entry, variables ? findOthers : null, isEksIssuer(url));
    opaque ||= read.opaque;
    if (read.patterns !== null) (read.kind === 'anyOf' ? anyOf : noneOf).push({ path: entry.path, patterns: read.patterns });
  }
  const { principal, action } = evaluateScope(statement, providerArn);
  const elements = [
    { path: `${statement.path}.Principal`, outcome: principal },
    { path: `${statement.path}.Action`, outcome: action },
    ...outcomes,
  ];
  const failing = elements.filter(({ outcome }) => outcome === 'no').map(({ path }) => path);
  const readable = opaque ? all([...elements.map(({ outcome }) => outcome), 'undecided']) : all(elements.map(({ outcome }) => outcome));
  // What cannot be read may mean anything.
  if (statement.problems.length > 0) return { statement, anyOf: [], noneOf: [], rest: 'undecided', failing: [], opaque: false };
  return { statement, anyOf, noneOf, rest: readable, failing, opaque };
}

/** Two requirements that require the same have the same text. */
function demand({ anyOf, noneOf, rest, opaque }: Requirement): string {
  const texts = (conditions: readonly SubjectCondition[]): string[][] => conditions.map(({ patterns }) => patterns.map(({ text }) => text));
  return JSON.stringify([texts(anyOf), texts(noneOf), rest, opaque]);
}

/**
 * What a statement requires of the subjects of an issuer. Tokens of service accounts and other tokens have different
 * claims; where that makes a difference there are two requirements, one for each kind.
 */
export function requirementsOf(statement: Statement, variables: boolean, entrance: ProviderAudience): readonly Requirement[] {
  const serviceAccounts = requirementFor(statement, variables, entrance, SERVICE_ACCOUNT_PREFIX);
  if (isEksIssuer(entrance.url) || keysOfIssuer(entrance.url).isMapped) return [serviceAccounts];
  const others = requirementFor(statement, variables, entrance, '');
  if (demand(serviceAccounts) === demand(others)) return [serviceAccounts];
  return [
    { ...serviceAccounts, anyOf: [kubernetes, ...serviceAccounts.anyOf] },
    { ...others, noneOf: [kubernetes, ...others.noneOf] },
  ];
}
