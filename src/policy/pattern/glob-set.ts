import { globMatcher, hasWildcard, literalStart } from './glob.js';
import type { Steps } from './steps.js';

type Matcher = (text: string) => boolean;

/** Patterns made ready: a policy may have thousands, and each is held against thousands of texts. */
export interface GlobSet {
  readonly plain: ReadonlySet<string>;
  /** By the length of what is before the first wildcard, and by that itself. */
  readonly globs: ReadonlyMap<number, ReadonlyMap<string, readonly Matcher[]>>;
}

/** Made ready when a text first comes to it: most never are asked. */
function whenAsked(pattern: string): Matcher {
  let matches: Matcher | null = null;
  return (text) => {
    matches ??= globMatcher(pattern);
    return matches(text);
  };
}

export function globSet(patterns: readonly string[]): GlobSet {
  const globs = new Map<number, Map<string, Matcher[]>>();
  for (const pattern of patterns.filter(hasWildcard)) {
    const start = literalStart(pattern);
    const byStart = globs.get(start.length) ?? new Map<string, Matcher[]>();
    globs.set(start.length, byStart);
    const same = byStart.get(start) ?? [];
    byStart.set(start, same);
    same.push(whenAsked(pattern));
  }
  return { plain: new Set(patterns), globs };
}

/** @param steps one for each pattern that may match. @throws StepsEnded */
export function fitsAny({ plain, globs }: GlobSet, text: string, steps?: Steps): boolean {
  if (plain.has(text)) return true;
  for (const [length, byStart] of globs) {
    const likely = byStart.get(text.slice(0, length)) ?? [];
    steps?.take(1 + likely.length);
    if (likely.some((matches) => matches(text))) return true;
  }
  return false;
}
