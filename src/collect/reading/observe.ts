import { known, type Observed, unknown } from '../../model/inventory/observed.js';
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

// IAM may send fewer than it is asked for, even none, and still have more. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
const MOST_EMPTY = 10;
// Of roles that leave room for fifty to a page that is a hundred thousand, ten times what IAM raises its quota to.
const MOST_PAGES = 2_000;

/** Follows a list to its end. What came before a page that failed, or leads nowhere, stays as `partial`. */
export async function observePages<T>(read: (token: string | null) => Promise<Page<T>>): Promise<Observed<readonly T[]>> {
  const items: T[] = [];
  const asked = new Set<string>();
  let empty = 0;
  try {
    for (let token: string | null = null; ;) {
      const page: Page<T> = await read(token);
      for (const item of page.items) items.push(item);
      if (page.next === null) return known(items);
      // A token that comes back would be followed for ever.
      if (asked.has(page.next)) throw malformed('names a page as the next one that was read already');
      asked.add(page.next);
      empty = page.items.length === 0 ? empty + 1 : 0;
      if (empty >= MOST_EMPTY) throw malformed(`names a next page after ${empty} pages in a row with nothing on them`);
      if (asked.size >= MOST_PAGES)
        throw malformed(`names a next page after ${MOST_PAGES.toLocaleString('en-US')} pages, more than an account can fill`);
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
