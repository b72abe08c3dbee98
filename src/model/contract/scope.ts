import type { Subject } from '../report/finding.js';
import type { Unless } from '../inventory/observed.js';

/** What a rule runs over: the account once, each region, or each cluster. */
export type Scope =
  | { readonly kind: 'account' }
  | { readonly kind: 'region'; readonly region: string }
  | { readonly kind: 'cluster'; readonly region: string; readonly cluster: string };

/** One thing to look at whose own read is missing, so that it is recorded instead of passed. */
export interface UnreadEntry {
  readonly subject: Subject;
  readonly unread: Unless;
  readonly settled?: undefined;
}

/**
 * One thing to look at; `settled` where it is plain that the rule has nothing to find there, `unless` where whatever it finds may
 * not hold.
 */
export type Entry<S> =
  | { readonly subject: Subject; readonly of: S; readonly settled?: boolean; readonly unless?: Unless | null; readonly unread?: undefined }
  | UnreadEntry;
