const ELLIPSIS = '…';
/** Plain ASCII, one column each. */
const NARROW = /^[\x20-\x7e]*$/;
/** From here on there are characters of two columns (Hangul, CJK, emoji); none is narrower than it is counted. */
const WIDE_FROM = 0x1100;

/** How many columns a text takes at most; inert, and without paint. */
export function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  return [...text].reduce((sum, char) => sum + ((char.codePointAt(0) ?? 0) >= WIDE_FROM && char !== ELLIPSIS ? 2 : 1), 0);
}

/** The beginning of a text that fits, cut after a word where that leaves most of it, with … for what is missing. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let [used, end] = [0, 0];
  for (const char of text) {
    used += columnsOf(char);
    if (used > columns - 1) break;
    end += char.length;
  }
  const word = text.lastIndexOf(' ', end);
  const stop = word > end * 0.6 ? word : end;
  return columns < 1 ? '' : `${text.slice(0, stop).trimEnd()}${ELLIPSIS}`;
}

/** Cut and filled up to so many columns. */
export function column(text: string, columns: number): string {
  const fitting = cut(text, columns);
  return fitting + ' '.repeat(Math.max(0, columns - columnsOf(fitting)));
}

/** The first of several ways to say it that fits, else the last one, cut. */
export function firstFitting(ways: readonly string[], columns: number): string {
  return ways.find((way) => columnsOf(way) <= columns) ?? cut(ways.at(-1) ?? '', columns);
}
