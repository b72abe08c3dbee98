import type { UnknownReason } from '../../model/inventory/observed.js';

/**
 * Whether the same call may be answered when it is made once more: `soon` where nothing was there to answer it, or the clock
 * was set right meanwhile; `later` where AWS has trouble and wants to be left alone.
 */
export type Again = 'never' | 'soon' | 'later';

export interface ReadErrorOptions extends ErrorOptions {
  readonly again?: Again;
}

// The longest refusals of AWS, which name caller, action, resource and policy, have some 700 characters.
const MOST_DETAIL = 800;

/** Others' words, cut to a length that a report can hold; no character is cut in two. */
export function clipped(text: string, most = MOST_DETAIL): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * A read that AWS did not answer, already classified. It becomes the `unknown` of its place in the inventory; every
 * other kind of error is an internal error and ends the run.
 */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  /** The service's own words, or what is known of the gap. */
  readonly detail: string;
  readonly again: Again;

  constructor(
    readonly reason: UnknownReason,
    detail: string,
    options: ReadErrorOptions = {},
  ) {
    const shown = clipped(detail);
    super(`${reason}: ${shown}`, options);
    this.detail = shown;
    this.again = options.again ?? 'never';
  }

  /** The same with more to say: what is added stays whole. */
  adding(words: string): ReadError {
    const detail = clipped(this.detail.replace(/\.$/, ''), MOST_DETAIL - words.length - 2);
    return new ReadError(this.reason, `${detail}. ${words}`, { cause: this });
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
