import type { Admitted } from '../model/admission.js';
import { SERVICE_ACCOUNT_PREFIX } from './claims.js';
import { findWitness, strangerTo } from './clause-witness.js';
import { hasWildcard } from './glob.js';
import type { SubjectPattern } from './subject-pattern.js';
import type { Requirement, SubjectCondition } from './subject-requirement.js';
import { clausesOf, membership, someMember, type SubjectSet } from './subject-set.js';

/** Who is in a set. Why nobody is, `contradictions` tells. */
export type Admission = Exclude<Admitted, { readonly kind: 'nobody' }> | { readonly kind: 'nobody' };

const patternsIn = ({ definite, possible }: SubjectSet): SubjectPattern[] =>
  [...definite, ...possible].flatMap(({ all, none }) => [...all, ...none]);
const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** A name that no pattern mentions and that is longer than any: whoever admits it admits every name but for a few. */
export function strangeName(set: SubjectSet): string {
  const patterns = patternsIn(set);
  return strangerTo(patterns).repeat(patterns.reduce((longest, { parts }) => Math.max(longest, parts.length), 0) + 1);
}

/** Whether every service account of the issuer gets in, but for exceptions that the policy names. */
export function admitsEverybody(set: SubjectSet): boolean {
  const name = strangeName(set);
  return membership(set, `${SERVICE_ACCOUNT_PREFIX}${name}:${name}`) === 'yes';
}

const NAMED_NAMESPACE = /^system:serviceaccount:([^:]+):/;

/** Namespaces that the set's patterns name and whose every service account gets in, but for exceptions that the policy names. */
export function wholeNamespaces(set: SubjectSet): string[] {
  const name = strangeName(set);
  const named = set.definite
    .flatMap(({ all }) => all.flatMap(({ text }) => NAMED_NAMESPACE.exec(text)?.[1] ?? []))
    .filter((namespace) => !hasWildcard(namespace));
  return unique(named).filter((namespace) => membership(set, `${SERVICE_ACCOUNT_PREFIX}${namespace}:${name}`) === 'yes');
}

/** Patterns that let some service account of a namespace in that no pattern mentions. */
export function openPatterns(set: SubjectSet): string[] {
  const name = strangeName(set);
  return unique(
    set.definite.flatMap(({ all }) =>
      all.flatMap(({ text, parts }) => {
        const filled = parts.map((part) => (part.kind === 'literal' ? part.char : part.kind === 'one' ? name.slice(0, 1) : name)).join('');
        const account = filled.split(':')[3] ?? name;
        return hasWildcard(text) && membership(set, `${SERVICE_ACCOUNT_PREFIX}${name}:${account}`) === 'yes' ? [text] : [];
      }),
    ),
  );
}

/** The members one by one; null where the set holds patterns, or somebody who only may get in. */
export function exactMembers(set: SubjectSet): string[] | null {
  const subjects: string[] = [];
  for (const clause of [...set.definite, ...set.possible]) {
    const literal = clause.all.find((pattern) => pattern.literal !== null)?.literal ?? null;
    if (literal !== null && membership(set, literal) === 'yes') subjects.push(literal);
    else if (literal !== null ? membership(set, literal) === 'undecided' : findWitness(clause).kind !== 'empty') return null;
  }
  return unique(subjects);
}

/** Who gets in. Decided by witnesses that no pattern mentions, not by reading the patterns. */
export function admissionOf(set: SubjectSet): Admission {
  const somebody = someMember(set).kind;
  if (somebody === 'empty') return { kind: 'nobody' };
  if (somebody === 'undecided') return { kind: 'undecided' };
  if (admitsEverybody(set)) return { kind: 'everybody' };
  const subjects = exactMembers(set);
  if (subjects !== null) return { kind: 'exactly', subjects };
  const patterns = set.definite
    .filter((clause) => findWitness(clause).kind !== 'empty')
    .map(({ all }) => all.map(({ text }) => text).join(' and '));
  return { kind: 'patterns', patterns: unique(patterns), namespaces: wholeNamespaces(set), openPatterns: openPatterns(set) };
}

/** Why an Allow statement lets nobody in through the set's door: the fewest places that suffice. */
export interface Contradiction {
  /** JSON path of the statement. */
  readonly statement: string;
  /** One element or condition that never holds, or conditions that cannot hold together. Empty = it is a Deny that shuts everybody out. */
  readonly paths: readonly string[];
}

interface Constraint {
  readonly kind: 'anyOf' | 'noneOf';
  readonly condition: SubjectCondition;
}

function unsatisfiable(constraints: readonly Constraint[]): boolean {
  const of = (kind: Constraint['kind']): SubjectCondition[] =>
    constraints.filter((one) => one.kind === kind).map(({ condition }) => condition);
  return clausesOf({ anyOf: of('anyOf'), noneOf: of('noneOf') })?.every((clause) => findWitness(clause).kind === 'empty') === true;
}

/** With more conditions than any real statement has, trying all pairs would take too long. */
const MANY = 30;

/** One condition that nobody meets, else two that nobody meets together, else as few as leaving out one by one finds. */
function fewest(constraints: readonly Constraint[]): readonly Constraint[] {
  if (constraints.length > MANY) return constraints;
  const pairs = constraints.flatMap((one, index) => constraints.slice(index + 1).map((other) => [one, other]));
  const small = [...constraints.map((one) => [one]), ...pairs].find(unsatisfiable);
  if (small !== undefined) return small;
  return constraints.reduce((left, one) => {
    const rest = left.filter((other) => other !== one);
    return unsatisfiable(rest) ? rest : left;
  }, constraints);
}

function contradictionIn({ statement, anyOf, noneOf, rest, failing }: Requirement): Contradiction | null {
  if (rest === 'no') return { statement: statement.path, paths: failing.slice(0, 1) };
  const constraints = [
    ...anyOf.map((condition): Constraint => ({ kind: 'anyOf', condition })),
    ...noneOf.map((condition): Constraint => ({ kind: 'noneOf', condition })),
  ];
  if (!unsatisfiable(constraints)) return null;
  return { statement: statement.path, paths: fewest(constraints).map(({ condition }) => condition.path) };
}

/** For a set of nobody: what keeps each Allow statement shut. Empty where the policy has no Allow, or STS does not find the provider. */
export function contradictions(set: SubjectSet): Contradiction[] {
  return set.requirements
    .filter(({ statement }) => statement.effect === 'Allow')
    .map((requirement) => contradictionIn(requirement) ?? { statement: requirement.statement.path, paths: [] });
}
