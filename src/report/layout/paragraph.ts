import { wrapAnsi } from 'fast-wrap-ansi';

/** What our own lines begin with: a prompt, a bullet, a ruler, a number, or a label of one or two words. */
const MARKER = String.raw`(?:\S+ )?(?:[$#>*|]|-+|\d+\.|[A-Za-z]{1,20}:)(?= |$)`;
const BEFORE_MARKER = new RegExp(`(?<! ) +(?=${MARKER})`, 'g');
const STARTS_LIKE_OURS = new RegExp(`^${MARKER}`);

/** Plain ASCII and the paint on it: no longer on the screen than in memory. Most paragraphs are short ones of these. */
const ONE_COLUMN_EACH = /^[\x1b\x20-\x7e]*$/;

/** The same without paint, and with no space before it. */
const PLAIN = /^[\x21-\x7e][\x20-\x7e]*$/;

/** Stands for a space at which no line may break; `inert` lets none through from outside. */
const GLUE = '\u00a0';

/** Fills lines with the words of a plain text, as `wrapAnsi` does: it counts and copies character by character, and nearly all text is plain. */
function filled(plain: string, width: number): string[] {
  const lines: string[] = [];
  let rest = plain;
  while (rest.length > width) {
    const within = rest.lastIndexOf(' ', width);
    const end = within < 0 ? rest.indexOf(' ') : within;
    if (end < 0) break;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/**
 * Breaks a paragraph between words. Text that others wrote must not forge a line by where it happens to be broken: no
 * line but the first begins with what would read as a command, a bullet or a label.
 * What is longer than a line (an ARN) stays whole, so that it can be copied.
 * @param paragraph inert, perhaps painted
 * @param hang indentation of the lines after the first
 */
export function paragraphLines(paragraph: string, columns: number, indent: number, hang = indent): string[] {
  const width = columns - Math.max(indent, hang);
  // No character takes more than two columns.
  if (paragraph.length * 2 <= width) return [`${' '.repeat(indent)}${paragraph}`.trimEnd()];
  if (paragraph.length <= width && ONE_COLUMN_EACH.test(paragraph)) return [`${' '.repeat(indent)}${paragraph}`.trimEnd()];
  const glued = paragraph.replace(BEFORE_MARKER, (spaces) => GLUE.repeat(spaces.length));
  const lines = PLAIN.test(paragraph) ? filled(glued, width) : wrapAnsi(glued, width, { trim: true }).split('\n');
  return lines.map((line, index) => `${' '.repeat(index === 0 ? indent : hang)}${line.replaceAll(GLUE, ' ')}`.trimEnd());
}

/** Inert text that is at the beginning of a line with no label of ours before it. */
export function standingAlone(text: string): string {
  return STARTS_LIKE_OURS.test(text) ? `… ${text}` : text;
}
