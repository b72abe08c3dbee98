import type { Chain } from '../model/report/chain.js';
import type { Expected, Outcome } from '../model/report/probe.js';

/** Links on which it does not hang whether the role can be assumed: what other pods were given, and what it then may do. */
const ASIDE: ReadonlySet<string> = new Set(['pod', 'permissions']);

/** What an audit expects of STS for this chain: a pod is not needed to ask. */
export function expectedOf({ links, confidence }: Pick<Chain, 'links'> & Partial<Pick<Chain, 'confidence'>>): Expected {
  const needed = links.filter(({ link }) => !ASIDE.has(link));
  if (needed.some(({ state }) => state === 'broken')) return confidence === 'likely' ? 'undecided' : 'refused';
  return needed.every(({ state }) => state === 'ok') ? 'admitted' : 'undecided';
}

/** Whether what happened is what was expected; null where nothing was. */
export function agrees(expected: Expected, outcome: Outcome): boolean | null {
  return expected === 'undecided' ? null : expected === outcome.kind;
}
