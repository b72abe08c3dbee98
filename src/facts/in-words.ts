/** More than these are not read to the end. */
const MOST = 5;

/** Names as a sentence has them: the first few, and how many more there are. */
export function inWords(names: readonly string[]): string {
  const rest = names.length > MOST ? [`${names.length - MOST} more`] : [];
  return [...names.slice(0, MOST), ...rest].join(' and ');
}

/** The same as a list: `a, b, c, d, e and 7 more`. */
export function listed(names: readonly string[]): string {
  const rest = names.length > MOST ? ` and ${names.length - MOST} more` : '';
  return `${names.slice(0, MOST).join(', ')}${rest}`;
}
