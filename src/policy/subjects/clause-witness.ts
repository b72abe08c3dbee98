import { sameChar } from '../pattern/glob.js';
import { effortOf, globIntersection, type CommonText } from '../pattern/glob-intersection.js';
import { Steps, withinSteps } from '../pattern/steps.js';
import { matchesSubject, type SubjectPattern } from './subject-pattern.js';

/** Subjects that match every pattern of `all` and no pattern of `none`. */
export interface SubjectClause {
  readonly all: readonly SubjectPattern[];
  readonly none: readonly SubjectPattern[];
}

/** A subject of the clause, the certainty that there is none, or `undecided` where the steps ended first. */
export type Witness = { readonly kind: 'found'; readonly subject: string } | { readonly kind: 'empty' } | { readonly kind: 'undecided' };

/** Reading on from one place, and remembering where it leads, takes about as long as looking at so many. */
export const COST_OF_PLACE = 5;

export function inClause({ all, none }: SubjectClause, subject: string): boolean {
  return all.every((pattern) => matchesSubject(pattern, subject)) && !none.some((pattern) => matchesSubject(pattern, subject));
}

/** A character that no pattern mentions in any case: who allows it allows it by a wildcard. */
export function strangerTo(patterns: readonly SubjectPattern[]): string {
  const mentioned = new Set<string>();
  for (const { parts } of patterns) for (const part of parts) if (part.kind === 'literal') mentioned.add(part.char.toLowerCase());
  for (const char of 'xqzjkvwy0123456789') if (!mentioned.has(char)) return char;
  let code = 0xe000;
  while (mentioned.has(String.fromCodePoint(code))) code += 1;
  return String.fromCodePoint(code);
}

/** A letter as written, small and capital; without what becomes two letters, such as the German sharp s. */
function bothCases(char: string): string[] {
  return [char, char.toLowerCase(), char.toUpperCase()].filter((one) => [...one].length === 1);
}

/** Behind the positions of each pattern. A pattern is far shorter: no subject has so many characters. */
const NEXT_PATTERN = 0xffff;

/** What all patterns of a clause have read at once. */
export interface Step {
  /**
   * For each pattern the positions at which a text read so far may stand, in order, one character each. What lies before the last
   * run reached adds nothing to it: whoever is there can stay there.
   */
  readonly places: string;
  /** The text read so far is in the clause. */
  readonly hit: boolean;
  readonly before: Step | null;
  readonly char: string;
}

export function textOf(step: Step): string {
  const chars: string[] = [];
  for (let at: Step | null = step; at !== null; at = at.before) chars.push(at.char);
  return chars.reverse().join('');
}

/** Reads with all patterns of a clause at once. One buffer serves all steps: a search makes very many. */
export class Reader {
  private readonly patterns: readonly SubjectPattern[];
  private readonly buffer: Uint16Array;
  private end = 0;
  private start = 0;

  constructor(
    private readonly clause: SubjectClause,
    private readonly stranger: string,
  ) {
    this.patterns = [...clause.all, ...clause.none];
    this.buffer = new Uint16Array(this.patterns.reduce((sum, { parts }) => sum + parts.length + 2, 0));
  }

  /** Before anything is read. */
  beginning(): Step {
    this.end = 0;
    this.start = 0;
    let hit = true;
    for (const [index, pattern] of this.patterns.entries()) {
      this.reach(pattern, 0);
      hit = this.closed(pattern, index) && hit;
    }
    return { places: this.written(), hit, before: null, char: '' };
  }

  /** After one character more; null where nothing that follows can be in the clause. */
  after(before: Step, char: string): Step | null {
    this.end = 0;
    this.start = 0;
    let index = 0;
    let hit = true;
    for (let place = 0; place < before.places.length; place += 1) {
      const pattern = this.patterns[index];
      const at = before.places.charCodeAt(place);
      if (pattern === undefined) break;
      if (at === NEXT_PATTERN) {
        if (this.isDead(pattern, index)) return null;
        hit = this.closed(pattern, index) && hit;
        index += 1;
        continue;
      }
      const part = pattern.parts[at];
      if (part?.kind === 'run') this.reach(pattern, at);
      else if (part !== undefined && (part.kind === 'one' || sameChar(part.char, char, pattern.ignoreCase))) this.reach(pattern, at + 1);
    }
    return { places: this.written(), hit, before, char };
  }

  /** The characters that some pattern waits for, and one that none does. */
  waitedFor({ places }: Step): ReadonlySet<string> {
    const chars = new Set([this.stranger]);
    let index = 0;
    for (let place = 0; place < places.length; place += 1) {
      const pattern = this.patterns[index];
      const at = places.charCodeAt(place);
      if (at === NEXT_PATTERN) index += 1;
      const part = at === NEXT_PATTERN ? undefined : pattern?.parts[at];
      if (part?.kind !== 'literal') continue;
      if (pattern?.ignoreCase === true) for (const char of bothCases(part.char)) chars.add(char);
      else chars.add(part.char);
    }
    return chars;
  }

  /** Puts a position behind those that are there, and the one behind a run with it. Nowhere do two runs follow each other. */
  private reach({ parts }: SubjectPattern, at: number): void {
    if (this.end > this.start && at <= (this.buffer[this.end - 1] ?? 0)) return;
    if (parts[at]?.kind === 'run') {
      this.end = this.start;
      this.put(at);
      this.put(at + 1);
    } else this.put(at);
  }

  private put(value: number): void {
    this.buffer[this.end] = value;
    this.end += 1;
  }

  /** Whether a pattern that must match has read too far, or one that must not takes whatever follows. */
  private isDead({ parts }: SubjectPattern, index: number): boolean {
    if (index < this.clause.all.length) return this.end === this.start;
    return this.end > this.start && parts.at(-1)?.kind === 'run' && this.buffer[this.start] === parts.length - 1;
  }

  /** Goes on to the next pattern. @returns whether this one is content with the text */
  private closed({ parts }: SubjectPattern, index: number): boolean {
    const accepts = this.end > this.start && this.buffer[this.end - 1] === parts.length;
    this.put(NEXT_PATTERN);
    this.start = this.end;
    return accepts === index < this.clause.all.length;
  }

  private written(): string {
    return String.fromCharCode(...this.buffer.subarray(0, this.end));
  }
}

/**
 * Breadth first over what all patterns have read at once; only characters that some pattern waits for, and one that none does,
 * are tried. @throws StepsEnded
 */
function search(clause: SubjectClause, stranger: string, steps: Steps): Witness {
  const reader = new Reader(clause, stranger);
  const start = reader.beginning();
  const seen = new Set([start.places]);
  const queue = [start];
  for (const step of queue) {
    if (step.hit) return { kind: 'found', subject: textOf(step) };
    for (const char of reader.waitedFor(step)) {
      steps.take(COST_OF_PLACE * step.places.length);
      const after = reader.after(step, char);
      if (after === null || seen.has(after.places)) continue;
      seen.add(after.places);
      queue.push(after);
    }
  }
  return { kind: 'empty' };
}

/** How a text that all patterns match may be filled where they leave it open. The shortest is tried first. */
function fillings({ all }: SubjectClause, stranger: string): readonly string[] {
  return all.length === 1 ? [stranger] : ['', stranger];
}

/** @throws StepsEnded */
function witnessOf(clause: SubjectClause, stranger: string, steps: Steps): Witness {
  const literal = clause.all.find((pattern) => pattern.literal !== null)?.literal ?? null;
  steps.take(clause.all.length + clause.none.length + (literal?.length ?? 0));
  if (literal !== null) return inClause(clause, literal) ? { kind: 'found', subject: literal } : { kind: 'empty' };
  for (const runs of fillings(clause, stranger)) {
    steps.take(effortOf(clause.all));
    const common: CommonText = globIntersection(clause.all, stranger, runs);
    if (common.kind === 'none') return { kind: 'empty' };
    if (common.kind === 'found' && inClause(clause, common.text)) return { kind: 'found', subject: common.text };
  }
  return search(clause, stranger, steps);
}

/**
 * A subject of a clause, if there is one. Literals are decided by matching; where nothing is denied, what the patterns have in
 * common mostly decides; the rest is searched for.
 * @param stranger a character that no pattern of the clause mentions
 */
export function findWitness(clause: SubjectClause, steps = new Steps(), stranger = strangerTo([...clause.all, ...clause.none])): Witness {
  return withinSteps(() => witnessOf(clause, stranger, steps)) ?? { kind: 'undecided' };
}
