import type { ChainLink } from '../../model/report/chain.js';
import type { Observed } from '../../model/inventory/observed.js';

/** A link before it is known whether those before it hold. */
export type Found = Omit<ChainLink, 'link'>;

export const ok = (says: string): Found => ({ state: 'ok', says, error: null });
export const broken = (says: string, error: string | null = null): Found => ({ state: 'broken', says, error });
export const undecided = (says: string): Found => ({ state: 'undecided', says, error: null });
/** It depends on a link before it. */
export const waiting = (says: string): Found => ({ state: 'waiting', says, error: null });
export const notRead = (what: string, observed: Observed<unknown>): Found => ({
  state: 'not-read',
  says: `${what}: ${reasonOf(observed)}.`,
  error: null,
});

function reasonOf(observed: Observed<unknown>): string {
  if (observed.known) return 'nothing was read of it';
  return observed.reason === 'not-requested'
    ? 'not asked for'
    : `could not be read (${observed.reason}), ${observed.detail.replace(/\.$/, '')}`;
}
