/**
 * A cluster takes a token for about 15 minutes, and no longer than the credentials that signed it are good. The SDK hands out
 * credentials until five minutes before their end.
 */
const GOOD_FOR_MS = 4 * 60_000;

/**
 * Makes a token when one is first asked for, and another when that has grown old, or could not be made; once for all that ask
 * at a time.
 * @param now the clock, in milliseconds
 */
export function renewed(make: () => Promise<string>, now: () => number): () => Promise<string> {
  let made: { readonly token: Promise<string>; readonly at: number } | undefined;
  return () => {
    if (made === undefined || now() - made.at >= GOOD_FOR_MS) {
      const fresh = { token: make(), at: now() };
      fresh.token.catch(() => {
        if (made === fresh) made = undefined;
      });
      made = fresh;
    }
    return made.token;
  };
}
