import { setMaxListeners } from 'node:events';
import { givenUp } from '../../model/inventory/observed.js';
import { ReadError, type Again } from './read-error.js';

/** How a read is dealt with that AWS has trouble to answer. */
export interface ReadLimits {
  /** How often one call is made, the first time included. */
  readonly attempts: number;
  /** A read is given up in its place when its calls have failed for so long, and none was answered in between. */
  readonly giveUpAfterMs: number;
  /** Before a call is made for the second time; then twice as long each time. */
  readonly pauseMs: number;
}

/**
 * EKS and IAM throttle early where a whole account is read at once. The pauses between so many attempts are longer together than
 * the time after which a read is given up: what cuts a call short is that nothing else is answered either.
 */
export const READ_LIMITS: ReadLimits = { attempts: 8, giveUpAfterMs: 25_000, pauseMs: 500 };

/** Whether and when the call that ended so is worth another try. */
export function againAfter(error: unknown): Again {
  return typeof error === 'object' && error !== null && 'again' in error ? (error as { readonly again: Again }).again : 'never';
}

/**
 * All calls of one operation in one region (of a global service: in the account). AWS throttles by operation and region, so one
 * that is closed says nothing of the others. A refusal is an answer: it never counts as a failure.
 */
export class Circuit {
  private readonly opened = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private last: unknown;

  constructor(
    private readonly what: string,
    private readonly place: string,
    private readonly giveUpAfterMs: number,
  ) {
    // Every call under way listens; Node takes more than ten listeners for a leak and warns on standard error.
    setMaxListeners(0, this.opened.signal);
  }

  /** Aborted when the read is given up. */
  get signal(): AbortSignal {
    return this.opened.signal;
  }

  answered(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  failed(error: unknown): void {
    if (this.signal.aborted) return;
    this.last = error;
    this.timer ??= setTimeout(() => this.open(), this.giveUpAfterMs);
  }

  /** What all those calls are told that are cut off, or not made any more. */
  error(): unknown {
    return this.last;
  }

  private open(): void {
    if (this.last instanceof ReadError) this.last = this.last.adding(givenUp(this.what, this.place));
    this.opened.abort();
  }
}
