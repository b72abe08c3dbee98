import { editDistance } from '../lib/nearest.js';

/** A region was named that the account's partition does not have: usage error, said before anything is read. */
export class UnknownRegionError extends Error {
  override readonly name = 'UnknownRegionError';

  constructor(
    readonly region: string,
    readonly partition: string,
    readonly near: readonly string[],
  ) {
    const hint = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
    super(`There is no region ${JSON.stringify(region)} in the partition ${partition} of these credentials.${hint}`);
  }
}

const NEAR_ENOUGH = 2;

/** The names at the smallest edit distance, if that is at most two. */
export function nearNames(name: string, candidates: readonly string[]): readonly string[] {
  const distances = candidates.map((candidate) => ({ candidate, distance: editDistance(name.slice(0, 40), candidate) }));
  const least = Math.min(NEAR_ENOUGH, ...distances.map(({ distance }) => distance));
  return distances.filter(({ distance }) => distance === least).map(({ candidate }) => candidate);
}
