import { paragraphLines } from './paragraph.js';

/** Lists in mails, in lines of at most `columns`. What there is too much of is counted. */

const MOST_LISTED = 30;

export const bullet = (text: string, columns: number): string[] => paragraphLines(`* ${text}`, columns, 2, 4);
export const under = (text: string, columns: number): string[] => paragraphLines(text, columns, 4, 6);

/**
 * A list under a title; nothing where it is empty.
 * @param rest what to say of those that are cut beside their number
 */
export function section<T>(
  title: string,
  items: readonly T[],
  lines: (item: T) => readonly string[],
  { rest = () => '', most = MOST_LISTED }: { readonly rest?: (cut: readonly T[]) => string; readonly most?: number } = {},
): string[] {
  if (items.length === 0) return [];
  const cut = items.slice(most);
  const words = rest(cut);
  const more = cut.length === 0 ? [] : [`  * and ${cut.length} more${words === '' ? '' : `: ${words}`}`];
  return [title, ...items.slice(0, most).flatMap(lines), ...more, ''];
}
