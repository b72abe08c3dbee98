import { distance } from 'fastest-levenshtein';

/** Number of single-character insertions, deletions and replacements between two strings, or `limit + 1` when more. */
export function editDistance(left: string, right: string, limit = 64): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  return Math.min(distance(left, right), limit + 1);
}

/** The candidate closest to a value, at most `limit` edits away; ties go to the first in the alphabet, whatever the order of the list. */
export function nearest(value: string, candidates: readonly string[], limit: number): string | null {
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(value, candidate, best?.distance ?? limit);
    const closer = best === null || distance < best.distance || (distance === best.distance && candidate < best.candidate);
    if (distance <= limit && closer) best = { candidate, distance };
  }
  return best?.candidate ?? null;
}
