import { sameChar } from './glob.js';
import { globIntersection } from './glob-intersection.js';
import { matchesSubject, type SubjectPattern } from './subject-pattern.js';

/** Subjects that match every pattern of `all` and no pattern of `none`. */
export interface SubjectClause {
  readonly all: readonly SubjectPattern[];
  readonly none: readonly SubjectPattern[];
}

/** A subject of the clause, the certainty that there is none, or `undecided` where the budget of steps ended first. */
export type Witness = { readonly kind: 'found'; readonly subject: string } | { readonly kind: 'empty' } | { readonly kind: 'undecided' };

/** How many positions of patterns may be looked at before a search gives up. */
export const STEP_BUDGET = 300_000;
/** The largest product of two lengths that is walked: policies of 4,096 characters fit. */
const WALK_LIMIT = 20_000_000;

export function inClause({ all, none }: SubjectClause, subject: string): boolean {
  return all.every((pattern) => matchesSubject(pattern, subject)) && !none.some((pattern) => matchesSubject(pattern, subject));
}

/** A character that no pattern mentions in any case: who admits it admits it by a wildcard. */
export function strangerTo(patterns: readonly SubjectPattern[]): string {
  const mentioned = new Set(patterns.flatMap(({ parts }) => parts.map((part) => (part.kind === 'literal' ? part.char.toLowerCase() : ''))));
  for (const char of 'xqzjkvwy0123456789') if (!mentioned.has(char)) return char;
  let code = 0xe000;
  while (mentioned.has(String.fromCodePoint(code))) code += 1;
  return String.fromCodePoint(code);
}

/** The positions of a pattern at which a text read so far may stand. What lies before the last run reached adds nothing to it. */
export type Places = readonly number[];

export function settle(pattern: SubjectPattern, reached: Iterable<number>): Places {
  const places = new Set<number>();
  for (const start of reached) {
    places.add(start);
    for (let at = start; pattern.parts[at]?.kind === 'run'; at += 1) places.add(at + 1);
  }
  const sorted = [...places].sort((left, right) => left - right);
  const lastRun = sorted.findLastIndex((at) => pattern.parts[at]?.kind === 'run');
  return lastRun < 0 ? sorted : sorted.slice(lastRun);
}

export function advance(pattern: SubjectPattern, places: Places, char: string): Places {
  return settle(
    pattern,
    places.flatMap((at) => {
      const part = pattern.parts[at];
      if (part === undefined) return [];
      if (part.kind === 'run') return [at];
      return part.kind === 'one' || sameChar(part.char, char, pattern.ignoreCase) ? [at + 1] : [];
    }),
  );
}

export const accepts = (pattern: SubjectPattern, places: Places): boolean => places.at(-1) === pattern.parts.length;
/** Whether the pattern takes every text that may still follow. */
export const takesAll = (pattern: SubjectPattern, places: Places): boolean =>
  pattern.parts.at(-1)?.kind === 'run' && places.includes(pattern.parts.length - 1);

/** A letter as written, small and capital; without what becomes two letters, such as the German sharp s. */
export function bothCases(char: string): string[] {
  return [char, char.toLowerCase(), char.toUpperCase()].filter((one) => [...one].length === 1);
}

interface Step {
  readonly places: readonly Places[];
  readonly before: Step | null;
  readonly char: string;
}

function textOf(step: Step): string {
  const chars: string[] = [];
  for (let at: Step | null = step; at !== null; at = at.before) chars.push(at.char);
  return chars.reverse().join('');
}

/** Breadth first over what all patterns have read at once; only characters that some pattern waits for, and one that none does, are tried. */
function search({ all, none }: SubjectClause, budget: number): Witness {
  const patterns = [...all, ...none];
  const stranger = strangerTo(patterns);
  let steps = 0;
  const start: Step = { places: patterns.map((pattern) => settle(pattern, [0])), before: null, char: '' };
  const seen = new Set([start.places.join('|')]);
  const queue = [start];
  for (const step of queue) {
    const hit = patterns.every((pattern, index) => accepts(pattern, step.places[index] ?? []) === index < all.length);
    if (hit) return { kind: 'found', subject: textOf(step) };
    const waitedFor = new Set([stranger]);
    patterns.forEach((pattern, index) => {
      for (const at of step.places[index] ?? []) {
        const part = pattern.parts[at];
        if (part?.kind !== 'literal') continue;
        for (const char of pattern.ignoreCase ? bothCases(part.char) : [part.char]) waitedFor.add(char);
      }
    });
    for (const char of waitedFor) {
      steps += step.places.reduce((sum, places) => sum + 1 + places.length, 0);
      if (steps > budget) return { kind: 'undecided' };
      const places = patterns.map((pattern, index) => advance(pattern, step.places[index] ?? [], char));
      const dead = patterns.some((pattern, index) =>
        index < all.length ? places[index]?.length === 0 : takesAll(pattern, places[index] ?? []),
      );
      const key = places.join('|');
      if (dead || seen.has(key)) continue;
      seen.add(key);
      queue.push({ places, before: step, char });
    }
  }
  return { kind: 'empty' };
}

/** A subject that a pattern admits, with `filler` for its wildcards. */
export function exampleOf(pattern: SubjectPattern, filler: string): string {
  return pattern.parts.map((part) => (part.kind === 'literal' ? part.char : filler)).join('');
}

/** A subject of a clause, if there is one. Literals are decided by matching, two patterns by the walk over their positions. */
export function findWitness(clause: SubjectClause, budget = STEP_BUDGET): Witness {
  const literal = clause.all.find((pattern) => pattern.literal !== null)?.literal;
  if (literal !== undefined && literal !== null) return inClause(clause, literal) ? { kind: 'found', subject: literal } : { kind: 'empty' };
  const [first, second, ...rest] = clause.all;
  const stranger = strangerTo([...clause.all, ...clause.none]);
  if (first !== undefined && rest.length === 0) {
    if (second !== undefined && first.parts.length * second.parts.length > WALK_LIMIT) return { kind: 'undecided' };
    const subject = second === undefined ? exampleOf(first, stranger) : globIntersection(first, second, stranger);
    if (subject === null) return { kind: 'empty' };
    if (inClause(clause, subject)) return { kind: 'found', subject };
  }
  return search(clause, budget);
}
