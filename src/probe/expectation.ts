import type { Chain } from '../model/chain.js';
import type { Expected, Outcome } from '../model/probe.js';

/** Links that a token asked for by hand does not hang on. */
const OF_THE_POD = 'pod';

/** What an audit expects of STS for this chain: a pod is not needed to ask. */
export function expectedOf({ links }: Pick<Chain, 'links'>): Expected {
  const needed = links.filter(({ link }) => link !== OF_THE_POD);
  if (needed.some(({ state }) => state === 'broken')) return 'refused';
  return needed.every(({ state }) => state === 'ok') ? 'admitted' : 'undecided';
}

/** Whether what happened is what was expected; null where nothing was. */
export function agrees(expected: Expected, outcome: Outcome): boolean | null {
  return expected === 'undecided' ? null : expected === outcome.kind;
}
