/** Whether a value that JSON.parse made nests its lists and objects deeper than `most` levels. */
export function nestsDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (most === 0) return true;
  if (Array.isArray(value)) return value.some((one) => nestsDeeper(one, most - 1));
  // Every key is its own: no list of them is made for each of a million objects.
  for (const key in value) if (nestsDeeper((value as Readonly<Record<string, unknown>>)[key], most - 1)) return true;
  return false;
}
