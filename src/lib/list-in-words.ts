/** More than these are not read to the end. */
const MOST = 5;

const rest = (names: readonly string[], most: number): string[] => (names.length > most ? [`${names.length - most} more`] : []);

/** Names as a sentence has them: the first few, and how many more there are. */
export function inWords(names: readonly string[]): string {
  return [...names.slice(0, MOST), ...rest(names, MOST)].join(' and ');
}

/** The same as a list: `a, b, c, d, e and 7 more`. */
export function listed(names: readonly string[], most = MOST): string {
  return [names.slice(0, most).join(', '), ...rest(names, most)].join(' and ');
}

/** Values in the quotes of JSON, one of which is asked for: `"a" or "b"`. */
export function quoted(values: readonly string[]): string {
  return values.length === 0 ? 'nothing' : values.map((value) => JSON.stringify(value)).join(' or ');
}
