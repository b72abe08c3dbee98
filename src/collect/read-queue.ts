import { setMaxListeners } from 'node:events';
import pLimit, { type LimitFunction } from 'p-limit';
import { outOfTime } from './read-error.js';
import type { KubernetesAction } from './kubernetes/reads.js';
import type { ReadAction } from './reads.js';

type Action = ReadAction | KubernetesAction;

// A page of pods is some megabytes, and each cluster has a server of its own: fewer at a time than of AWS's small answers.
const MOST_OF_KUBERNETES = 4;

/** Told after each call that ended, answered or not. */
export interface Progress {
  readonly action: Action;
  /** `account`, a region, `region/cluster`, or a provider's ARN. */
  readonly scope: string;
  readonly done: number;
  /** Calls asked for so far; answers may add more. */
  readonly asked: number;
}

interface Limits {
  /** Milliseconds on the clock that `deadline` is given in. */
  readonly now: () => number;
  readonly deadline: number | null;
  /** Calls of one service under way at a time. */
  readonly concurrency: number;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * All calls of a run pass through here: bounded in number at a time, counted by action, and ended by the time budget,
 * which starts nothing more once it is used up and cuts off what is under way.
 */
export class ReadQueue {
  private readonly lanes = new Map<string, LimitFunction>();
  private readonly counted = new Map<Action, number>();
  private readonly budget = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private done = 0;
  private asked = 0;

  constructor(private readonly limits: Limits) {
    // Every call under way listens; Node takes more than ten listeners for a leak and warns on standard error.
    setMaxListeners(0, this.budget.signal);
    if (limits.deadline === null) return;
    this.timer = setTimeout(() => this.budget.abort(), Math.max(0, limits.deadline - limits.now()));
  }

  /**
   * Makes one call when its turn comes. Rejects with a ReadError where there is no answer.
   * @param again the same call once more, which was counted
   */
  ask<T>(action: Action, scope: string, call: (signal: AbortSignal) => Promise<T>, again = false): Promise<T> {
    this.asked += 1;
    return this.laneOf(action)(async () => {
      try {
        if (this.isLate()) throw outOfTime();
        this.counted.set(action, (this.counted.get(action) ?? 0) + (again ? 0 : 1));
        return await this.untilBudgetEnds(call);
      } finally {
        this.done += 1;
        this.limits.onProgress?.({ action, scope, done: this.done, asked: this.asked });
      }
    });
  }

  /** The clock of the run, in milliseconds. */
  readonly now = (): number => this.limits.now();

  /** How often each action was called, retries not counted, in the order of their names. */
  calls(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.counted].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** Stops the clock, which would keep the process alive, and whatever a run that failed has left under way. */
  close(): void {
    clearTimeout(this.timer);
    this.budget.abort();
  }

  /** Each service throttles by itself: waiting for one must not hold up the calls of another. */
  private laneOf(action: Action): LimitFunction {
    const service = action.split(':')[0] ?? action;
    const lane =
      this.lanes.get(service) ??
      pLimit(service === 'kubernetes' ? Math.min(this.limits.concurrency, MOST_OF_KUBERNETES) : this.limits.concurrency);
    this.lanes.set(service, lane);
    return lane;
  }

  private isLate(): boolean {
    const { deadline, now } = this.limits;
    return this.budget.signal.aborted || (deadline !== null && now() >= deadline);
  }

  /** The SDK looks at the signal while it waits for an answer, but not while it waits before a retry: so both race. */
  private async untilBudgetEnds<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.budget;
    let cutOff: (() => void) | undefined;
    const ended = new Promise<never>((_, reject) => {
      cutOff = () => reject(outOfTime());
      signal.addEventListener('abort', cutOff, { once: true });
    });
    try {
      return await Promise.race([call(signal), ended]);
    } finally {
      if (cutOff !== undefined) signal.removeEventListener('abort', cutOff);
    }
  }
}
