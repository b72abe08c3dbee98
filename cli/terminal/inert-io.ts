import { inert } from '../../src/lib/escape-text.js';
import type { Io, Outside } from './io.js';

/** To the beginning of the line, and away with what is there. */
const ANEW = '\r\u001b[K';

/**
 * What the commands get: nothing that they tell a person can act in a terminal or pass for a line of ours, whatever it
 * quotes. Messages quote files, arguments, AWS, clusters and pods; here is the one place where all of them come by.
 */
export function inertIo(outside: Outside): Io {
  return {
    ...outside,
    stderr: (line) => outside.stderr(`${inert(line.replace(/\n$/, ''))}\n`),
    rewrite: (text) => outside.stderr(`${ANEW}${inert(text)}`),
    confirm: (question) => outside.confirm(inert(question)),
  };
}
