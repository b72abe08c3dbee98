import type { Observed } from '../src/model/inventory/observed.js';

/** One request, as far as the stand-in looks at it. */
export interface StandInCall {
  readonly region: string;
  /** The operation's name in AWS's own words. */
  readonly operation: string;
  /** Fields of the query, the form or the JSON body. */
  readonly field: (name: string) => string | null;
  /** The parts of the path, decoded. */
  readonly path: readonly string[];
}

export interface StandInAnswer {
  readonly status: number;
  readonly type: 'text/xml' | 'application/json';
  readonly body: string;
}

/** What answers each operation, by its name. */
export type Operations = Readonly<Record<string, (call: StandInCall) => StandInAnswer>>;

/** What a generated account knows. */
export function valueOf<T>(observed: Observed<T>): T {
  if (!observed.known) throw new TypeError('a generated account is known in full');
  return observed.value;
}

/** An answer in JSON. */
export function json(value: unknown, status = 200): StandInAnswer {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

/** A page of at most `size` items from the one that `token` names. */
export function pageOf<T>(
  items: readonly T[],
  token: string | null,
  size: number,
): { readonly page: readonly T[]; readonly next: string | null } {
  const from = Number(token ?? 0);
  const end = from + size;
  return { page: items.slice(from, end), next: end < items.length ? String(end) : null };
}
