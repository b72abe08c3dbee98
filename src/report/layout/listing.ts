import { cut } from './fit-line.js';
import { paragraphLines } from './paragraph.js';

/** Columns of an email; what has to be copied whole may be longer. */
export const COLUMNS = 72;

const MOST_LISTED = 5;

/**
 * A paragraph of an email in so many lines at most, cut with … where it is longer.
 * @param text inert
 * @param most lines
 */
export function fitted(text: string, options: { readonly indent?: number; readonly hang?: number; readonly most?: number } = {}): string[] {
  const { indent = 0, hang = indent, most = 2 } = options;
  const lines = paragraphLines(text, COLUMNS, indent, hang);
  if (lines.length <= most && lines.every(({ length }) => length <= 2 * COLUMNS)) return lines;
  return paragraphLines(cut(text, most * (COLUMNS - Math.max(indent, hang)) - 12 * (most - 1)), COLUMNS, indent, hang).slice(0, most);
}

/**
 * A list under a title, each item in three lines at most; nothing where it is empty.
 * @param rest what to say of those that are cut beside their number
 */
export function section<T>(
  title: string,
  items: readonly T[],
  words: (item: T) => string,
  { rest = () => '', most = MOST_LISTED }: { readonly rest?: (cut: readonly T[]) => string; readonly most?: number } = {},
): string[] {
  if (items.length === 0) return [];
  const left = items.slice(most);
  const more = rest(left);
  return [
    title,
    // Where there is room for one alone, there is none for all of its words.
    ...items.slice(0, most).flatMap((item) => fitted(`* ${words(item)}`, { hang: 2, most: most > 1 ? 3 : 2 })),
    ...(left.length === 0 ? [] : [`* and ${left.length} more${more === '' ? '' : `: ${more}`}`]),
    '',
  ];
}
