import { malformed } from '../reading/read-error.js';

// The SDK hands on what it was sent: its types are a promise of the service, which an answer need not keep.

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

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

/** The text that the answer must hold. */
export function textIn(value: unknown, name: string): string {
  if (isAbsent(value)) throw malformed(`holds no ${name}`);
  if (typeof value !== 'string') throw malformed(`holds something else than text as ${name}`);
  return value;
}

/** The text that the answer may hold. */
export function textOrNull(value: unknown, name: string): string | null {
  return isAbsent(value) ? null : textIn(value, name);
}

/** The truth value that the answer may hold. */
export function flagOrNull(value: unknown, name: string): boolean | null {
  if (isAbsent(value)) return null;
  if (typeof value !== 'boolean') throw malformed(`holds something else than true or false as ${name}`);
  return value;
}

/** The number that the answer may hold. */
export function numberOrNull(value: unknown, name: string): number | null {
  if (isAbsent(value)) return null;
  if (!Number.isFinite(value)) throw malformed(`holds something else than a number as ${name}`);
  return value as number;
}

/** The list of texts that the answer must hold. */
export function textsIn(value: readonly string[] | undefined, name: string): readonly string[] {
  return listIn(value, name).map((one) => textIn(one, `a part of the list ${name}`));
}

/** The texts by name that the answer may hold. */
export function textsByName(value: Readonly<Record<string, string>> | undefined, name: string): Readonly<Record<string, string>> {
  const entries = Object.entries(value ?? {});
  return Object.fromEntries(entries.map(([key, text]) => [key, textIn(text, `a part of ${name}`)]));
}

/** The token of the next page; null where there is none. */
export function nextIn(token: string | undefined): string | null {
  const text = textOrNull(token, 'token of the next page');
  return text === '' ? null : text;
}

interface IamTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** IAM's tag lists as a map. */
export function tagsIn(tags: readonly IamTag[] | undefined): Readonly<Record<string, string>> {
  const entries = listIn(tags ?? [], 'Tags').map(({ Key, Value }): [string, string] => [
    textOrNull(Key, 'key of a tag') ?? '',
    textOrNull(Value, 'value of a tag') ?? '',
  ]);
  return Object.fromEntries(entries);
}

/** The date that the answer may hold. */
export function isoDate(date: Date | undefined): string | null {
  if (isAbsent(date)) return null;
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) throw malformed('holds something else than a date as one');
  return date.toISOString();
}
