import { malformed } from '../read-error.js';

/** The list that the answer must hold. Absent is not empty: an empty list is sent as an empty list. */
export function listIn<T>(value: readonly T[] | undefined, name: string): readonly T[] {
  if (!Array.isArray(value)) throw malformed(`holds no list ${name}`);
  return value as readonly T[];
}

/** The value that the answer must hold. */
export function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw malformed(`holds no ${name}`);
  return value;
}

/** The token of the next page; null where there is none. */
export function nextIn(token: string | undefined): string | null {
  return token === undefined || token === '' ? null : token;
}

interface IamTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** IAM's tag lists as a map. */
export function tagsIn(tags: readonly IamTag[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

export function isoDate(date: Date | undefined): string | null {
  return date?.toISOString() ?? null;
}
