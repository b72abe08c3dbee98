/** Number of single-character insertions, deletions and replacements between two strings, or `limit + 1` when more. */
export function editDistance(left: string, right: string, limit = 64): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    if (Math.min(...current) > limit) return limit + 1;
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

/** The candidate closest to a value, at most `limit` edits away; ties go to the first in the alphabet, whatever the order of the list. */
export function nearest(value: string, candidates: readonly string[], limit: number): string | null {
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(value, candidate, limit);
    const closer = best === null || distance < best.distance || (distance === best.distance && candidate < best.candidate);
    if (distance <= limit && closer) best = { candidate, distance };
  }
  return best?.candidate ?? null;
}
