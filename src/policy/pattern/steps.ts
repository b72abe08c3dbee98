/**
 * How many steps are spent on one role before its questions stay undecided. A step is about one position of a pattern checked,
 * or one condition or value; this many take some hundredths of a second. A trust policy as people write them takes a few hundred.
 */
export const STEPS_OF_A_ROLE = 2_000_000;

/** Thrown where the steps have ended, and caught where an answer can say so. */
export class StepsEnded extends Error {
  override readonly name = 'StepsEnded';
}

/** One serves all: once the steps have ended each further question throws, and noting where costs more than most questions. */
const ENDED = new StepsEnded('the policy is too involved to be decided within its steps');

/**
 * What may still be spent on judging one role. One of these is shared by all questions about a role: a policy of a hundred
 * clauses may not cost a hundred budgets. Counted, not timed: the same policy gets the same answer on every machine.
 */
export class Steps {
  private taken = 0;

  constructor(private readonly limit = STEPS_OF_A_ROLE) {}

  /** @throws StepsEnded where so many are not left; from then on always. */
  take(count: number): void {
    this.taken = this.ended || this.taken + count > this.limit ? Number.POSITIVE_INFINITY : this.taken + count;
    if (this.ended) throw ENDED;
  }

  /** How many were taken so far; infinite where more were wanted than there are. */
  get spent(): number {
    return this.taken;
  }

  /** Whether a question was left undecided for want of steps. */
  get ended(): boolean {
    return this.taken > this.limit;
  }
}

/** The result of some work; null where the steps ended before it. */
export function withinSteps<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof StepsEnded) return null;
    throw error;
  }
}
