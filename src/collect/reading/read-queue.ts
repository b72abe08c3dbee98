import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import { againAfter, Circuit, READ_LIMITS, type ReadLimits } from './circuit.js';
import type { KubernetesAction } from './kubernetes-reads.js';
import type { AwsPort } from './ports.js';
import { outOfTime } from './read-error.js';
import type { ReadAction } from './reads.js';

type Action = ReadAction | KubernetesAction;
type Call<T> = (signal: AbortSignal) => Promise<T>;

// A page of pods is some megabytes, and each cluster has a server of its own: fewer at a time than of AWS's small answers.
const MOST_OF_KUBERNETES = 4;
const LONGEST_PAUSE_MS = 20_000;
/** Where nothing was there to answer, it is known at once: to ask again costs nobody anything. */
const SOON = 1 / 10;
/** Node takes a longer time for none at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Told of each call when it is asked for, and when it has ended, answered or not. */
export interface Progress {
  readonly action: Action;
  /** `account`, a region, `region/cluster`, or a provider's ARN. */
  readonly scope: string;
  readonly state: 'asked' | 'ended';
  readonly done: number;
  /** Calls asked for so far; answers may add more. */
  readonly asked: number;
}

interface Limits {
  /** Milliseconds on the clock that `deadline` is given in. */
  readonly now: () => number;
  readonly deadline: number | null;
  /** Calls of one service and region under way at a time. */
  readonly concurrency: number;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** How often and how long AWS is asked again. */
  readonly reads?: Partial<ReadLimits> | undefined;
}

const serviceOf = (action: Action): string => action.split(':')[0] ?? action;

/** Where a call is throttled together with others: in a region, or in the account, which all global services are asked about. */
function placeOf(action: Action, scope: string): string {
  return serviceOf(action) === 'eks' ? (scope.split('/')[0] ?? scope) : 'account';
}

/**
 * All calls of a run pass through here: bounded in number at a time, counted by action, made again where AWS has trouble to
 * answer, and ended by the time budget, which starts nothing more once it is used up and cuts off what is under way.
 */
export class ReadQueue {
  private readonly lanes = new Map<string, LimitFunction>();
  private readonly circuits = new Map<string, Circuit>();
  private readonly counted = new Map<Action, number>();
  private readonly budget = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly reads: ReadLimits;
  private done = 0;
  private asked = 0;

  constructor(private readonly limits: Limits) {
    this.reads = { ...READ_LIMITS, ...limits.reads };
    // Every call under way listens; Node takes more than ten listeners for a leak and warns on standard error.
    setMaxListeners(0, this.budget.signal);
    if (limits.deadline === null) return;
    const left = Math.min(Math.max(0, limits.deadline - limits.now()), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => this.budget.abort(), left);
  }

  /**
   * Makes one call when its turn comes; one of AWS again where that has trouble. Rejects with a ReadError where there is no answer.
   * @param again the same call once more, which was counted
   */
  async ask<T>(action: Action, scope: string, call: Call<T>, again = false): Promise<T> {
    const tell = (state: Progress['state']): void => this.limits.onProgress?.({ action, scope, state, done: this.done, asked: this.asked });
    this.asked += 1;
    tell('asked');
    try {
      return await (serviceOf(action) === 'kubernetes'
        ? this.lane('kubernetes', Math.min(this.limits.concurrency, MOST_OF_KUBERNETES))(() => this.attempt(action, again, call))
        : this.askAws(action, placeOf(action, scope), call));
    } finally {
      this.done += 1;
      tell('ended');
    }
  }

  /** The clock of the run, in milliseconds. */
  readonly now = (): number => this.limits.now();

  /** How often each action was called, retries not counted, in the order of their names. */
  calls(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.counted].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** Stops the clocks, which would keep the process alive, and whatever a run that failed has left under way. */
  close(): void {
    clearTimeout(this.timer);
    for (const circuit of this.circuits.values()) circuit.answered();
    this.budget.abort();
  }

  /**
   * A call that waits to be made again keeps its place among those of its operation, so that these are not all thrown at a
   * service that wants fewer; and takes none from other operations of the region.
   */
  private askAws<T>(action: Action, place: string, call: Call<T>): Promise<T> {
    const { concurrency } = this.limits;
    const circuit = this.circuitOf(action, place);
    const inTurn = this.lane(`${serviceOf(action)} ${place}`, concurrency);
    return this.lane(
      `${action} ${place}`,
      concurrency,
    )(async () => {
      for (let made = 1; ; made += 1) {
        if (circuit.signal.aborted) throw circuit.error();
        try {
          const answer = await inTurn(() => this.attempt(action, made > 1, call, circuit));
          circuit.answered();
          return answer;
        } catch (error) {
          const again = againAfter(error);
          if (again === 'never') circuit.answered();
          else circuit.failed(error);
          if (again === 'never' || made >= this.reads.attempts) throw error;
          await this.pause(made, again === 'soon' ? SOON : 1, circuit);
        }
      }
    });
  }

  private async attempt<T>(action: Action, again: boolean, call: Call<T>, circuit?: Circuit): Promise<T> {
    if (this.isLate()) throw outOfTime();
    if (circuit?.signal.aborted === true) throw circuit.error();
    this.counted.set(action, (this.counted.get(action) ?? 0) + (again ? 0 : 1));
    return this.untilStopped(call, circuit);
  }

  /** Twice as long each time, and never quite the same, so that calls that failed together do not come back together. */
  private pause(made: number, share: number, circuit: Circuit): Promise<void> {
    const longest = Math.min(this.reads.pauseMs * 2 ** (made - 1), LONGEST_PAUSE_MS) * share;
    const ms = longest * (1 - Math.random() / 2);
    return this.untilStopped((signal) => wait(ms, undefined, { signal }), circuit);
  }

  private lane(name: string, most: number): LimitFunction {
    const lane = this.lanes.get(name) ?? pLimit(most);
    this.lanes.set(name, lane);
    return lane;
  }

  private circuitOf(action: Action, place: string): Circuit {
    const key = `${action} ${place}`;
    const circuit = this.circuits.get(key) ?? new Circuit(action, place, this.reads.giveUpAfterMs);
    this.circuits.set(key, circuit);
    return circuit;
  }

  private isLate(): boolean {
    const { deadline, now } = this.limits;
    return this.budget.signal.aborted || (deadline !== null && now() >= deadline);
  }

  /** What is called need not listen to its signal: so both race. */
  private async untilStopped<T>(call: Call<T>, circuit?: Circuit): Promise<T> {
    const own = new AbortController();
    const late = (): void => own.abort(outOfTime());
    const closed = (): void => own.abort(circuit?.error());
    const stopped = new Promise<never>((_, reject) => {
      own.signal.addEventListener('abort', () => reject(own.signal.reason as Error), { once: true });
    });
    this.budget.signal.addEventListener('abort', late);
    circuit?.signal.addEventListener('abort', closed);
    try {
      return await Promise.race([call(own.signal), stopped]);
    } finally {
      this.budget.signal.removeEventListener('abort', late);
      circuit?.signal.removeEventListener('abort', closed);
    }
  }
}

/** What is asked, and in whose turn. */
export interface Asking {
  readonly aws: AwsPort;
  readonly queue: ReadQueue;
}
