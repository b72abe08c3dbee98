/** A cluster takes a token for about 15 minutes. */
const GOOD_FOR_MS = 10 * 60_000;

/**
 * Makes a token when one is first asked for, and another when that has grown old; once for all that ask at a time.
 * @param now the clock, in milliseconds
 */
export function renewed(make: () => Promise<string>, now: () => number): () => Promise<string> {
  let made: { readonly token: Promise<string>; readonly at: number } | undefined;
  return () => {
    if (made === undefined || now() - made.at >= GOOD_FOR_MS) made = { token: make(), at: now() };
    return made.token;
  };
}
