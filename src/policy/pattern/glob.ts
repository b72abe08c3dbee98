/** One position of a pattern: a literal character, `?` (any one character) or `*` (any run, also empty). */
export type GlobPart = { readonly kind: 'literal'; readonly char: string } | { readonly kind: 'one' } | { readonly kind: 'run' };

export const RUN: GlobPart = { kind: 'run' };
const ONE: GlobPart = { kind: 'one' };
/** All characters that a policy may hold end at U+00FF: their parts are made once. */
const LITERALS: readonly GlobPart[] = Array.from({ length: 256 }, (_, code) => ({ kind: 'literal', char: String.fromCharCode(code) }));

export function LITERAL(char: string): GlobPart {
  return LITERALS[char.codePointAt(0) ?? 256] ?? { kind: 'literal', char };
}

/** Reads `*` and `?` as wildcards; every other character stands for itself. */
export function parseGlob(pattern: string): GlobPart[] {
  const parts: GlobPart[] = [];
  for (const char of pattern) parts.push(char === '*' ? RUN : char === '?' ? ONE : LITERAL(char));
  return parts;
}

/** Whether two characters are the same, with or without case. */
export function sameChar(left: string, right: string, ignoreCase: boolean): boolean {
  return left === right || (ignoreCase && left.toLowerCase() === right.toLowerCase());
}

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Whether the whole value matches. Greedy with one point of return, so the time is bounded by
 * pattern length × value length whatever the input. For one question; a pattern that is asked more often is made ready.
 */
export function matchesGlob(parts: readonly GlobPart[], value: string, ignoreCase = false): boolean {
  // By code point; a text without surrogates needs no list for that.
  const chars: ArrayLike<string> = SURROGATE.test(value) ? [...value] : value;
  if (leastLength(parts) > chars.length) return false;
  let part = 0;
  let position = 0;
  let lastRun = -1;
  let resumeAt = 0;
  while (position < chars.length) {
    const current = parts[part];
    if (current?.kind === 'run') {
      lastRun = part;
      resumeAt = position;
      part += 1;
    } else if (current !== undefined && (current.kind === 'one' || sameChar(current.char, chars[position] ?? '', ignoreCase))) {
      part += 1;
      position += 1;
    } else if (lastRun >= 0) {
      part = lastRun + 1;
      resumeAt += 1;
      position = resumeAt;
    } else {
      return false;
    }
  }
  while (parts[part]?.kind === 'run') part += 1;
  return part === parts.length;
}

/** How many characters every match has at least. */
export function leastLength(parts: readonly GlobPart[]): number {
  let least = 0;
  for (const { kind } of parts) if (kind !== 'run') least += 1;
  return least;
}

/** The same pattern with the fewest runs: of wildcards beside each other, `?` first and then one `*`. */
export function canonical(parts: readonly GlobPart[]): readonly GlobPart[] {
  const found: GlobPart[] = [];
  let open = false;
  for (const part of parts) {
    if (part.kind === 'run') open = true;
    else {
      if (open && part.kind === 'literal') {
        found.push(RUN);
        open = false;
      }
      found.push(part);
    }
  }
  if (open) found.push(RUN);
  return found;
}

const WILDCARD = /[*?]/;

export function hasWildcard(pattern: string): boolean {
  return WILDCARD.test(pattern);
}

/** What is before the first wildcard of a pattern; all of it where there is none. */
export function literalStart(pattern: string): string {
  return pattern.split(WILDCARD, 1)[0] ?? '';
}

/** What is between two runs: plain text, or characters of which null takes any. */
type Segment = string | readonly (string | null)[];

function segmentsOf(parts: readonly GlobPart[], fold: (char: string) => string): readonly Segment[] {
  const segments: (string | null)[][] = [[]];
  for (const part of parts) {
    if (part.kind === 'run') segments.push([]);
    else segments.at(-1)?.push(part.kind === 'one' ? null : fold(part.char));
  }
  return segments.map((chars) => (chars.includes(null) ? chars : chars.join('')));
}

function standsAt(segment: Segment, value: string, at: number): boolean {
  if (typeof segment === 'string') return value.startsWith(segment, at);
  for (const [index, char] of segment.entries()) if (char !== null && char !== value[at + index]) return false;
  return at + segment.length <= value.length;
}

function findFrom(segment: Segment, value: string, from: number): number {
  if (typeof segment === 'string') return value.indexOf(segment, from);
  for (let at = from; at + segment.length <= value.length; at += 1) if (standsAt(segment, value, at)) return at;
  return -1;
}

const BEYOND_LATIN_1 = /[^\u0000-\u00ff]/;
const sameText = (text: string): string => text;
const lowerCase = (text: string): string => text.toLowerCase();

/**
 * A pattern made ready to be held against very many texts. What is between its `*` is sought by the engine's own search,
 * leftmost first: that finds a match wherever there is one. Surrogates, and where case does not count all characters beyond U+00FF,
 * are counted and compared one by one in the slower way: a text's length may differ from their number, and changes with their case.
 */
export function readyGlob(parts: readonly GlobPart[], ignoreCase = false): (value: string) => boolean {
  const folded = ignoreCase ? lowerCase : sameText;
  const shortest = canonical(parts);
  const [first = '', ...rest] = segmentsOf(shortest, folded);
  const last = rest.pop();
  const least = leastLength(shortest);
  const start = ignoreCase || typeof first !== 'string' ? '' : first;
  // Only a surrogate is less than a character, and only without case do others change their length.
  const counted = ignoreCase ? BEYOND_LATIN_1 : SURROGATE;
  const isPlain = !shortest.some((part) => part.kind === 'literal' && counted.test(part.char));
  return (written) => {
    if (written.length < least || !written.startsWith(start)) return false;
    if (!isPlain || counted.test(written)) return matchesGlob(shortest, written, ignoreCase);
    const value = folded(written);
    if (last === undefined) return value.length === first.length && standsAt(first, value, 0);
    const end = value.length - last.length;
    if (!standsAt(first, value, 0) || !standsAt(last, value, end)) return false;
    let position = first.length;
    for (const segment of rest) {
      const found = findFrom(segment, value, position);
      if (found < 0) return false;
      position = found + segment.length;
    }
    return position <= end;
  };
}

/** The same, with case, of a pattern as it is written. */
export function globMatcher(pattern: string): (value: string) => boolean {
  return readyGlob(parseGlob(pattern));
}
