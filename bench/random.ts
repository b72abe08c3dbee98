/** A source of chance that gives the same numbers for the same seed, so that figures of two days can be compared. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number from 0 up to and without `end`. */
  below(end: number): number {
    // mulberry32: 32 bits of state, good enough to choose names with.
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  /** True in `share` of all cases. */
  chance(share: number): boolean {
    return this.below(1_000_000) < share * 1_000_000;
  }

  oneOf<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('there is nothing to choose from');
    return item;
  }

  /** `length` hexadecimal digits in upper case, as EKS writes the id of an issuer. */
  hex(length: number): string {
    return Array.from({ length }, () => this.below(16).toString(16))
      .join('')
      .toUpperCase();
  }
}
