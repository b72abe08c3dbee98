import { memo } from '../../lib/memo.js';
import type { Admitted } from '../../model/report/admission.js';
import { SERVICE_ACCOUNT_PREFIX } from '../language/claims.js';
import { hasWildcard } from '../pattern/glob.js';
import { withinSteps } from '../pattern/steps.js';
import { strangersIn, wholeNamespacesOf } from './strange-subject.js';
import { exceptionsOf } from './subject-exceptions.js';
import type { Requirement, SubjectCondition } from './subject-requirement.js';
import {
  clausesOf,
  literalOf,
  membership,
  patternsIn,
  sizeOf,
  someMember,
  subtract,
  Tries,
  witnessIn,
  type SubjectSet,
} from './subject-set.js';

/** Who is in a set. Why nobody is, `contradictions` tells. */
export type Admission = Exclude<Admitted, { readonly kind: 'nobody' }> | { readonly kind: 'nobody' };

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** A bound of more patterns than these is not sought. */
const MOST_BOUNDED = 1_000;

/** No subject of Kubernetes has a part that is longer; a pattern that fixes more was dropped. */
const LONGEST_NAME = 400;

/** A name that no pattern mentions and that is longer than any: whoever allows it allows every name but for a few. */
export const strangeName = memo(({ requirements, stranger }: SubjectSet): string => {
  const longest = patternsIn(requirements).reduce((most, { parts }) => Math.max(most, parts.length), 0);
  return stranger.repeat(Math.min(longest, LONGEST_NAME) + 1);
});

/** Whether every service account of the issuer is allowed, but for exceptions that the policy names. */
export function admitsEverybody(set: SubjectSet): boolean {
  const name = strangeName(set);
  return membership(set, `${SERVICE_ACCOUNT_PREFIX}${name}:${name}`) === 'yes';
}

/** Whether an answer about the set lacks something because the steps of its role have ended: then nothing was shown to be absent. */
export const tooInvolved = ({ limit, steps }: SubjectSet): boolean => limit !== null || steps.ended;

/** Namespaces that the set's patterns name and of which somebody is allowed whom nobody named; as far as the steps go. */
export function wholeNamespaces(set: SubjectSet): string[] {
  return unique(wholeNamespacesOf(set.definite, strangersIn(set, set.definite)).map(({ namespace }) => namespace));
}

/** Patterns by which somebody is allowed of a namespace that no pattern mentions; as far as the steps go. */
export function openPatterns(set: SubjectSet): string[] {
  const open = strangersIn(set, set.definite)(null);
  return unique(open.flatMap(({ clause: { all } }) => (all.length === 0 ? ['*'] : all.map(({ text }) => text).filter(hasWildcard))));
}

/** The members one by one; null where the set holds patterns, or somebody who only may be allowed. */
export function exactMembers(set: SubjectSet): string[] | null {
  const subjects = new Set<string>();
  for (const clause of set.definite) {
    const literal = literalOf(clause);
    if (literal !== null) subjects.add(literal);
    else if (witnessIn(clause, set).kind !== 'empty') return null;
  }
  for (const clause of set.possible === set.definite ? [] : set.possible) {
    const literal = literalOf(clause);
    if (literal === null ? witnessIn(clause, set).kind !== 'empty' : !subjects.has(literal) && membership(set, literal) === 'undecided')
      return null;
  }
  return unique([...subjects]);
}

/** Why it is undecided: the policy is too involved, unless something else is the reason. */
const undecided = (set: SubjectSet): Admission => (tooInvolved(set) ? { kind: 'undecided', limit: 'steps' } : { kind: 'undecided' });

/** The exceptions as an answer has them: left out where there are none. */
function exceptedIn(set: SubjectSet): { readonly except?: readonly string[] } {
  const except = exceptionsOf(set);
  return except.length === 0 ? {} : { except };
}

/** Who is allowed. Decided by witnesses that no pattern mentions, not by reading the patterns. */
export function admissionOf(set: SubjectSet): Admission {
  const somebody = someMember(set).kind;
  if (somebody === 'empty') return { kind: 'nobody' };
  if (somebody === 'undecided') return undecided(set);
  if (admitsEverybody(set)) return { kind: 'everybody', ...exceptedIn(set) };
  const subjects = exactMembers(set);
  if (subjects !== null) return { kind: 'exactly', subjects };
  const patterns = set.definite
    .filter((clause) => witnessIn(clause, set).kind !== 'empty')
    .map(({ all }) => all.map(({ text }) => text).join(' and '));
  const [namespaces, open] = [wholeNamespaces(set), openPatterns(set)];
  if (tooInvolved(set)) return undecided(set);
  return { kind: 'patterns', patterns: unique(patterns), namespaces, openPatterns: open, ...exceptedIn(set) };
}

/**
 * Who is allowed at most: whoever is not denied for certain. Null where that says nothing more than `admissionOf`, or cannot be
 * told.
 */
export function upperBound(set: SubjectSet): Admission | null {
  if (set.possible === set.definite || tooInvolved(set)) return null;
  const bound: SubjectSet = { ...set, definite: set.possible, opaque: false };
  // Of so many the evaluator is asked, which knows no bound.
  if (sizeOf(bound) > MOST_BOUNDED) return null;
  const admission = admissionOf(bound);
  return admission.kind === 'undecided' || admission.kind === 'nobody' ? null : admission;
}

/** Why an Allow statement allows nobody through the set's door: the fewest places that suffice. */
export interface NobodyReason {
  /** JSON path of the statement. */
  readonly statement: string;
  /** One element or condition that never holds, conditions that cannot hold together, or the Deny statements that deny everybody. */
  readonly paths: readonly string[];
}

interface Constraint {
  readonly kind: 'anyOf' | 'noneOf';
  readonly condition: SubjectCondition;
}

/** @throws StepsEnded */
function unsatisfiable(constraints: readonly Constraint[], set: SubjectSet): boolean {
  const of = (kind: Constraint['kind']): SubjectCondition[] =>
    constraints.filter((one) => one.kind === kind).map(({ condition }) => condition);
  const clauses = clausesOf({ anyOf: of('anyOf'), noneOf: of('noneOf') }, set.steps);
  return clauses?.every((clause) => witnessIn(clause, set).kind === 'empty') === true;
}

/** With more conditions than any real statement has, trying all pairs would take too long. */
const MANY = 30;

/** One condition that nobody meets, else two that nobody meets together, else as few as leaving out one by one finds. */
function fewest(constraints: readonly Constraint[], set: SubjectSet): readonly Constraint[] {
  if (constraints.length > MANY) return constraints;
  const pairs = constraints.flatMap((one, index) => constraints.slice(index + 1).map((other) => [one, other]));
  const small = [...constraints.map((one) => [one]), ...pairs].find((some) => unsatisfiable(some, set));
  if (small !== undefined) return small;
  return constraints.reduce((left, one) => {
    const rest = left.filter((other) => other !== one);
    return unsatisfiable(rest, set) ? rest : left;
  }, constraints);
}

function contradictionIn({ statement, anyOf, noneOf, rest, failing }: Requirement, set: SubjectSet): NobodyReason | null {
  if (rest === 'no') return { statement: statement.path, paths: failing.slice(0, 1) };
  const constraints = [
    ...anyOf.map((condition): Constraint => ({ kind: 'anyOf', condition })),
    ...noneOf.map((condition): Constraint => ({ kind: 'noneOf', condition })),
  ];
  if (withinSteps(() => unsatisfiable(constraints, set)) !== true) return null;
  // They exclude each other all together, and with no steps left nothing shorter is sought.
  const few = withinSteps(() => fewest(constraints, set)) ?? constraints;
  return { statement: statement.path, paths: few.map(({ condition }) => condition.path) };
}

/** Whether some Deny statements deny together whom an Allow allows. @throws StepsEnded */
function isEmptied(allow: Requirement, denies: readonly Requirement[], set: SubjectSet): boolean {
  const tries = new Tries(set.steps);
  const left = denies.reduce((clauses, deny) => subtract(clauses, deny, tries), clausesOf(allow, set.steps) ?? [{ all: [], none: [] }]);
  return left.every((clause) => witnessIn(clause, set).kind === 'empty');
}

/** The Deny statements that deny whom an Allow allows: one that does so alone, else as few as leaving out one by one finds. */
function deniesOf(allow: Requirement, set: SubjectSet): readonly string[] {
  const denies = set.requirements.filter(({ statement, rest }) => statement.effect === 'Deny' && rest === 'yes');
  const few = withinSteps(() => {
    const alone = denies.find((one) => isEmptied(allow, [one], set));
    if (alone !== undefined) return [alone];
    return denies.reduce((left, one) => {
      const others = left.filter((other) => other !== one);
      return isEmptied(allow, others, set) ? others : left;
    }, denies);
  });
  return unique((few ?? denies).map(({ statement }) => statement.path));
}

/** For a set of nobody: what keeps each Allow statement shut. Empty where the policy has no Allow, or STS does not find the provider. */
export function contradictions(set: SubjectSet): NobodyReason[] {
  return set.requirements
    .filter(({ statement }) => statement.effect === 'Allow')
    .map(
      (requirement) => contradictionIn(requirement, set) ?? { statement: requirement.statement.path, paths: deniesOf(requirement, set) },
    );
}
