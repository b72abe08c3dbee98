/** What may be alone or in a list, as everything in a policy may: as a list; none where it is absent. */
export function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

/** The other way about: a list of one as the value alone. */
export function oneOrList<T>(values: readonly T[]): T | readonly T[] {
  return only(values) ?? values;
}

const isString = (item: unknown): item is string => typeof item === 'string';

/** The strings among what is alone or in a list. */
export function strings(value: unknown): readonly string[] {
  const list = asList(value);
  // Nothing else is in nearly every list, which need not be copied then.
  return list.every(isString) ? list : list.filter(isString);
}

/** The value of a list that has just one; null where there is none, or a choice. */
export function only<T>(values: readonly T[]): T | null {
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** `Array.isArray` takes no list for one that may not be changed. */
export function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
