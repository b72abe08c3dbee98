import { canonical, sameChar, type GlobPart } from './glob.js';

/** A pattern and whether letters are compared without case. */
export interface CasedGlob {
  readonly parts: readonly GlobPart[];
  readonly ignoreCase: boolean;
}

/** A text that patterns have in common, the certainty that there is none, or `open` where only trying can tell. */
export type CommonText = { readonly kind: 'found'; readonly text: string } | { readonly kind: 'none' } | { readonly kind: 'open' };

/** What may be in one place of a text: any character, one letter, or one letter in any case. */
type Place = { readonly char: string; readonly ignoreCase: boolean } | null;

/** A stretch of a pattern without runs. */
type Stretch = readonly Place[];

/** What both places allow; undefined where nothing is left. The stricter side decides how the letter is written. */
function joined(left: Place, right: Place): Place | undefined {
  if (left === null || right === null) return left ?? right;
  if (!sameChar(left.char, right.char, left.ignoreCase || right.ignoreCase)) return undefined;
  return left.ignoreCase ? right : left;
}

/** Lays one stretch over another from an offset on; null where they do not agree. What reaches beyond is added. */
function laid(under: Stretch, over: Stretch, offset = 0): Stretch | null {
  const places = [...under];
  for (const [index, place] of over.entries()) {
    const here = places[offset + index];
    const both = here === undefined ? place : joined(here, place);
    if (both === undefined) return null;
    places[offset + index] = both;
  }
  return places;
}

/** All stretches laid over each other at their beginning; null where they do not agree. */
function allLaid(stretches: readonly Stretch[]): Stretch | null {
  return stretches.reduce<Stretch | null>((laidSoFar, one) => (laidSoFar === null ? null : laid(laidSoFar, one)), []);
}

const stretchesOf = ({ parts, ignoreCase }: CasedGlob): Stretch[] => {
  const stretches: Place[][] = [[]];
  for (const part of canonical(parts)) {
    if (part.kind === 'run') stretches.push([]);
    else stretches.at(-1)?.push(part.kind === 'one' ? null : { char: part.char, ignoreCase });
  }
  return stretches;
};

/**
 * Lays the stretches of a pattern with runs over a text of fixed length, leftmost first, which finds a way wherever there is
 * one: no place of the text depends on another. Null where there is none.
 */
function threaded(text: Stretch, stretches: readonly Stretch[]): Stretch | null {
  const [first = [], ...rest] = stretches;
  const last = rest.pop() ?? [];
  const end = text.length - last.length;
  if (first.length > end) return null;
  const begun = laid(text, first);
  let result = begun === null ? null : laid(begun, last, end);
  let position = first.length;
  for (const stretch of rest) {
    let next: Stretch | null = null;
    for (; result !== null && next === null && position + stretch.length <= end; position += 1)
      next = laidWithin(result, stretch, position);
    result = next;
    position += stretch.length - 1;
  }
  return result;
}

/** As `laid`, looking before anything is copied. */
function laidWithin(text: Stretch, stretch: Stretch, offset: number): Stretch | null {
  for (const [index, place] of stretch.entries()) if (joined(text[offset + index] ?? null, place) === undefined) return null;
  return laid(text, stretch, offset);
}

const reversed = (stretch: Stretch): Stretch => [...stretch].reverse();

/** Patterns that all have runs meet if and only if their beginnings agree and their ends do: what is between stands one after the other. */
function commonOfOpen(patterns: readonly (readonly Stretch[])[], run: Stretch): Stretch | null {
  const start = allLaid(patterns.map((stretches) => stretches[0] ?? []));
  const end = allLaid(patterns.map((stretches) => reversed(stretches.at(-1) ?? [])));
  if (start === null || end === null) return null;
  return [
    ...start,
    ...patterns.flatMap((stretches) => [...stretches.slice(1, -1).flatMap((one) => [...run, ...one]), ...run]),
    ...reversed(end),
  ];
}

/** About how many places are checked. */
export function effortOf(patterns: readonly CasedGlob[]): number {
  const lengths = patterns.map(({ parts }) => parts.length);
  const fixed = patterns.filter(({ parts }) => !parts.some(({ kind }) => kind === 'run')).map(({ parts }) => parts.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return fixed.length === 0 || fixed.length === patterns.length ? total : total * Math.min(...fixed);
}

/**
 * A text that all patterns match. Decided for patterns that all have runs, or none, and for one of each; in the time of reading
 * them, or of holding one against the other.
 * @param filler stands where any character may
 * @param runs what each run is filled with where all patterns have one
 */
export function globIntersection(patterns: readonly CasedGlob[], filler = 'x', runs = ''): CommonText {
  const all = patterns.map(stretchesOf);
  const open = all.filter(({ length }) => length > 1);
  const fixed = all.flatMap((stretches) => (stretches.length === 1 ? stretches : []));
  const written = (text: Stretch): CommonText => ({ kind: 'found', text: text.map((place) => place?.char ?? filler).join('') });
  if (fixed.length === 0) {
    const text = commonOfOpen(
      open,
      Array.from(runs, (char) => ({ char, ignoreCase: false })),
    );
    return text === null ? { kind: 'none' } : written(text);
  }
  const text = fixed.every(({ length }) => length === fixed[0]?.length) ? allLaid(fixed) : null;
  if (text === null || open.some((stretches) => threaded(text, stretches) === null)) return { kind: 'none' };
  const both = open.reduce<Stretch | null>((left, stretches) => (left === null ? null : threaded(left, stretches)), text);
  return both === null ? { kind: 'open' } : written(both);
}
