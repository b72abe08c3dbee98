/** One position of a pattern: a literal character, `?` (any one character) or `*` (any run, also empty). */
export type GlobPart = { readonly kind: 'literal'; readonly char: string } | { readonly kind: 'one' } | { readonly kind: 'run' };

const RUN: GlobPart = { kind: 'run' };
const ONE: GlobPart = { kind: 'one' };
/** All characters that a policy may hold end at U+00FF: their parts are made once. */
const LITERALS: readonly GlobPart[] = Array.from({ length: 256 }, (_, code) => ({ kind: 'literal', char: String.fromCharCode(code) }));

export function LITERAL(char: string): GlobPart {
  return LITERALS[char.codePointAt(0) ?? 256] ?? { kind: 'literal', char };
}

/** Reads `*` and `?` as wildcards; every other character stands for itself. */
export function parseGlob(pattern: string): GlobPart[] {
  return Array.from(pattern, (char) => (char === '*' ? RUN : char === '?' ? ONE : LITERAL(char)));
}

/** Whether two characters are the same, with or without case. */
export function sameChar(left: string, right: string, ignoreCase: boolean): boolean {
  return left === right || (ignoreCase && left.toLowerCase() === right.toLowerCase());
}

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Whether the whole value matches. Greedy with one point of return, so the time is bounded by
 * pattern length × value length whatever the input.
 */
export function matchesGlob(parts: readonly GlobPart[], value: string, ignoreCase = false): boolean {
  // By code point; a text without surrogates needs no list for that.
  const chars: ArrayLike<string> = SURROGATE.test(value) ? [...value] : value;
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

const WILDCARD = /[*?]/;

export function hasWildcard(pattern: string): boolean {
  return WILDCARD.test(pattern);
}

/** What stands before the first wildcard of a pattern; all of it where there is none. */
export function literalStart(pattern: string): string {
  return pattern.split(WILDCARD, 1)[0] ?? '';
}

/**
 * A pattern made ready to be held, with case, against very many texts. What stands between its `*` is sought by the engine's own
 * search, leftmost first: that finds a match wherever there is one. A `?` counts code points, which that search does not know.
 */
export function globMatcher(pattern: string): (value: string) => boolean {
  if (pattern.includes('?')) {
    const parts = parseGlob(pattern);
    return (value) => matchesGlob(parts, value);
  }
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (value) => value === pattern;
  return (value) => {
    const end = value.length - last.length;
    if (!value.startsWith(first) || !value.endsWith(last)) return false;
    let position = first.length;
    for (const text of rest) {
      const found = value.indexOf(text, position);
      if (found < 0) return false;
      position = found + text.length;
    }
    return position <= end;
  };
}
