/** Why a read gave no answer. `not-requested` is no gap: nobody asked for it. */
export const UNKNOWN_REASONS = [
  'denied',
  'throttled',
  'unreachable',
  'disabled-region',
  'failed',
  'out-of-time',
  'not-requested',
  'malformed',
] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

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

/** What is known to be there: everything that arrived, complete or not. Good for what is said of these things, never for "there is none". */
export function seen<T>(observed: Observed<readonly T[]>): readonly T[] {
  return observed.known ? observed.value : (observed.partial ?? []);
}

/** All there is, where a list was read to its end; null where it was not. Of this alone "there is none" is a fact. */
export function whole<T>(observed: Observed<readonly T[]>): readonly T[] | null {
  return observed.known ? observed.value : null;
}

/** A read that was asked for and gave no answer, where that might take back what a rule says. */
export type Unless = Pick<Unknown, 'reason'>;

/** Why a read that was asked for gave no whole answer; null where it did, and where nobody asked. */
export function unanswered(observed: Observed<unknown>): Unless | null {
  return observed.known || observed.reason === 'not-requested' ? null : { reason: observed.reason };
}

/** What is added to the detail of each gap that a read left behind when it was given up for a whole region, or the account. */
export function givenUp(what: string, place: string): string {
  return `Given up: ${what} in ${place} went on failing.`;
}

/** Whether a gap is one of those: they are told as one of that place. */
export function isOfGivenUp(detail: string, place: string): boolean {
  return detail.includes('Given up: ') && detail.endsWith(` in ${place} went on failing.`);
}

/** AWS names the kind of policy that forbids: "explicit deny in a service control policy", "no service control policy allows". */
const BY_ORGANIZATION = /service control policy|resource control policy/i;

/** Whether a policy of the organization denies a read, which nobody in the account can allow. */
export function isByOrganization({ reason, detail }: Pick<Unknown, 'reason' | 'detail'>): boolean {
  return reason === 'denied' && BY_ORGANIZATION.test(detail);
}
