import { known, type Observed, unknown } from '../model/observed.js';
import type { Page } from './ports.js';
import { malformed, ReadError } from './read-error.js';

/** The answer, or why there is none. Errors that are no ReadError are defects of this program and go on upwards. */
export async function observe<T>(read: Promise<T>): Promise<Observed<T>> {
  try {
    return known(await read);
  } catch (error) {
    return asUnknown<T>(error);
  }
}

/** The answer, why there is none, or that the thing asked about is gone (null). */
export async function observeUnlessGone<T>(read: Promise<T | null>): Promise<Observed<T> | null> {
  const answer = await observe(read);
  if (!answer.known) return unknown(answer.reason, answer.detail);
  return answer.value === null ? null : known(answer.value);
}

/** Follows a list to its end. What came before a page that failed stays as `partial`. */
export async function observePages<T>(read: (token: string | null) => Promise<Page<T>>): Promise<Observed<readonly T[]>> {
  const items: T[] = [];
  const asked = new Set<string>();
  try {
    for (let token: string | null = null; ;) {
      const page: Page<T> = await read(token);
      items.push(...page.items);
      if (page.next === null) return known(items);
      // A token that comes back would be followed for ever.
      if (asked.has(page.next)) throw malformed('names a page as the next one that was read already');
      asked.add(page.next);
      token = page.next;
    }
  } catch (error) {
    return asUnknown<readonly T[]>(error, items.length === 0 ? undefined : items);
  }
}

function asUnknown<T>(error: unknown, partial?: T): Observed<T> {
  if (error instanceof ReadError) return unknown<T>(error.reason, error.detail, partial);
  throw error;
}
