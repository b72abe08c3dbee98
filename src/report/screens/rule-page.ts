import pc from 'picocolors';
import { inert } from '../../lib/escape-text.js';
import { TextPage } from '../layout/terminal-layout.js';
import type { Paint } from '../layout/paint.js';
import type { TextOptions } from './text.js';

const INDENT = 2;

/** The marks inside a line: code, bold, `<address>`, and links, of which those to other rules keep the rule's name. */
function withoutMarks(text: string, paint: Paint): string {
  return inert(text)
    .replace(/\*\*([^*]+)\*\*/g, (_, words: string) => paint.bold(words))
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, words: string, target: string) => {
      const page = target.replace(/^.*\/|\.md(#.*)?$/g, '');
      return words.replaceAll('`', '') === page ? page : `${words} (${page})`;
    })
    .replace(/`([^`]+)`/g, (_, code: string) => paint.bold(code))
    .replace(/<(https:[^>]+)>/g, '$1');
}

const cellsOf = (row: string): readonly string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The one table that pages have: a row of names, a ruler, a row of values. */
function writeTable(page: TextPage, [names = '', , values = '']: readonly string[], paint: Paint): void {
  const labels = cellsOf(names);
  const width = Math.max(...labels.map(({ length }) => length));
  cellsOf(values).forEach((value, index) => {
    page.labeled(`${labels[index] ?? ''}:`.padEnd(width + 2), [withoutMarks(value, paint)], paint.dim);
  });
}

/** Writes one block, which is what is between two empty lines, or between two fences. */
function writeBlock(page: TextPage, lines: readonly string[], paint: Paint): void {
  const [first = ''] = lines;
  if (first.startsWith('```')) for (const line of lines.slice(1)) page.verbatim(inert(line), 2 * INDENT);
  else if (first.startsWith('|')) writeTable(page, lines, paint);
  else
    for (const line of lines) {
      const [, mark = '', words = line] = /^(#+ |)(.*)$/.exec(line) ?? [];
      // An address is to be copied: its bullet stays with it.
      if (/^- <https:[^\s>]+>$/.test(line)) page.verbatim(withoutMarks(words, paint), INDENT);
      else if (mark === '') page.text(withoutMarks(words, paint), INDENT);
      else page.text(paint.bold(withoutMarks(words, paint)));
    }
}

/** The blocks of a page, its comments left out. */
function blocksOf(markdown: string): readonly (readonly string[])[] {
  const blocks: string[][] = [[]];
  let isCode = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```') || (line === '' && !isCode)) {
      const isFence = line !== '';
      isCode = isFence && !isCode;
      blocks.push(isCode ? [line] : []);
    } else if (isCode || !line.startsWith('<!--')) blocks.at(-1)?.push(line);
  }
  return blocks.filter(({ length }) => length > 0);
}

/**
 * The page of a rule for a terminal. It reads the Markdown that `docs/rules` is written in, which is no more than headings,
 * paragraphs of one line, bullets, fences and one table.
 */
export function renderRulePage(markdown: string, { color, width }: Pick<TextOptions, 'color' | 'width'>): string {
  const paint = pc.createColors(color);
  const page = new TextPage(width);
  for (const block of blocksOf(markdown)) {
    writeBlock(page, block, paint);
    page.blank();
  }
  return page.toString();
}
