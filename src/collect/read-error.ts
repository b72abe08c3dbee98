import type { UnknownReason } from '../model/observed.js';

/**
 * A read that AWS did not answer, already classified. It becomes the `unknown` of its place in the inventory; every
 * other kind of error is a defect of this program and ends the run.
 */
export class ReadError extends Error {
  override readonly name = 'ReadError';

  constructor(
    readonly reason: UnknownReason,
    /** The service's own words, or what is known of the gap. */
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${reason}: ${detail}`, options);
  }
}

/** An answer that lacks what it must hold is never taken for an empty one. */
export function malformed(what: string): ReadError {
  return new ReadError('malformed', `The answer ${what}.`);
}

/** A read that the time budget did not reach, or cut off. */
export function outOfTime(): ReadError {
  return new ReadError('out-of-time', 'The time budget was used up before this was read.');
}
