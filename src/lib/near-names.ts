import { addTo } from './group-by.js';

function shortenings(name: string): string[] {
  return [name, ...Array.from(name, (_, index) => name.slice(0, index) + name.slice(index + 1))];
}

/** Longer ones are not the names of roles or of most service accounts, and cost the square of their length. */
const LONGEST = 64;

/**
 * Finds what a misspelled name was meant for: names that are a letter off, which is one more, one less, another, or two changed
 * about; without case. They are looked up and never searched for: accounts have thousands of both.
 */
export class NearNames<T> {
  private readonly byShortening = new Map<string, T[]>();

  constructor(items: Iterable<T>, nameOf: (item: T) => string) {
    for (const item of items) {
      const name = nameOf(item).toLowerCase();
      for (const key of new Set(name.length > LONGEST ? [name] : shortenings(name))) addTo(this.byShortening, key, item);
    }
  }

  /** In the order in which they were given, each once. */
  near(name: string): readonly T[] {
    const wanted = name.toLowerCase();
    const keys = wanted.length > LONGEST ? [wanted] : shortenings(wanted);
    return [...new Set(keys.flatMap((key) => this.byShortening.get(key) ?? []))];
  }
}
