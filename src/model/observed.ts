/** Why a read gave no answer. `not-requested` is no gap: nobody asked for it. */
export type UnknownReason =
  'denied' | 'throttled' | 'unreachable' | 'disabled-region' | 'failed' | 'out-of-time' | 'not-requested' | 'malformed';

/** A read that was answered in full. */
export interface Known<T> {
  readonly known: true;
  readonly value: T;
}

/**
 * A read that was not answered, or not in full. `partial` holds what had arrived before it broke off: good for
 * statements about the things in it, never for "X does not exist".
 */
export interface Unknown<T = never> {
  readonly known: false;
  readonly reason: UnknownReason;
  /** The service's own words, or what we know of the gap. */
  readonly detail: string;
  readonly partial?: T;
}

/** What was read, or why it was not. Unread is never clean and never resolved. */
export type Observed<T> = Known<T> | Unknown<T>;

export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

export function unknown<T = never>(reason: UnknownReason, detail: string, partial?: T): Unknown<T> {
  return partial === undefined ? { known: false, reason, detail } : { known: false, reason, detail, partial };
}

/** Everything that arrived, complete or not; an empty list where nothing did. Never proof of absence. */
export function whatArrived<T>(observed: Observed<readonly T[]>): readonly T[] {
  return observed.known ? observed.value : (observed.partial ?? []);
}
