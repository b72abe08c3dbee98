import type { Io } from './io.js';

interface Progress {
  readonly done: number;
  readonly asked: number;
}

/** Rewrites at most once in this many milliseconds. */
const PACE = 100;

/**
 * Tells on standard error how far the reading is: one line that overwrites itself on a terminal, a plain first and last
 * line elsewhere, so that a log stays readable.
 */
export function progressOn(io: Io): { readonly tell: (progress: Progress) => void; readonly end: (summary: string) => void } {
  if (!io.terminal.live) io.stderr('Reading the account …\n');
  let last = Number.NEGATIVE_INFINITY;
  return {
    tell: ({ done, asked }) => {
      if (!io.terminal.live || io.now() - last < PACE) return;
      last = io.now();
      io.rewrite(`Reading the account: ${done} of ${asked} calls answered`);
    },
    end: (summary) => {
      if (io.terminal.live) io.rewrite('');
      io.stderr(summary);
    },
  };
}
