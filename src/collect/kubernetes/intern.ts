import { OBJECT_BYTES } from './room.js';

interface Kept {
  readonly value: unknown;
  readonly number: number;
}

/**
 * Gives one value for all that are equal. The records of a cluster are alike in all but their names: kept once, what they
 * share takes a third of the memory.
 */
export class Shared {
  private readonly kept = new Map<string, Kept>();
  private size = 0;

  /** About how many bytes of memory all that is kept takes. */
  get bytes(): number {
    return this.size;
  }

  private keep(value: unknown): Kept {
    const key = JSON.stringify(value);
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const fresh = { value, number: this.kept.size };
    this.kept.set(key, fresh);
    // The text by which it is found, and the value itself.
    this.size += OBJECT_BYTES + 2 * key.length;
    return fresh;
  }

  /** @param value plain data, which nobody changes afterwards */
  of<T>(value: T): T {
    return this.keep(value).value as T;
  }

  /** The same number for all that are equal. */
  number(value: unknown): number {
    return this.keep(value).number;
  }
}
