import { inert } from '../../lib/escape-text.js';
import { shortened } from '../layout/phrases.js';

/** Longer texts of an account are cut. */
const LONGEST = 400;

/**
 * A text of an account as a code span, the one place of Markdown in which nothing is a link, a mention, HTML or an emoji. The fence
 * is longer than any run of backticks inside. A bar ends a cell of a table whatever is around it, so it is shown as its escape.
 */
export function code(value: string, longest = LONGEST): string {
  const text = shortened(value, longest).replaceAll('|', '\\u007c');
  if (text.trim() === '') return text === '' ? '(empty)' : '(blank)';
  const runs = (text.match(/`+/g) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  // One blank is taken away on either side where both are there.
  const pad = /^[` ]|[` ]$/.test(text) ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** A word that Markdown, GitHub and GitLab take as it is: no markup, address, mention, emoji, or number of a list. */
const PLAIN = /^["'(]?[A-Za-z0-9]+(?:['/–-][A-Za-z0-9]+)*['")]?[.,;:?!]?[")]?$/;
/** What is made of letters and digits alone, and GitHub links: a commit, an issue. A number before a full stop begins a list. */
const LINKED = /[0-9a-f]{7,}|^\W*GH-\d|^\d+[.)]/i;

const TIME = /^\d\d:\d\d$/;

const isPlain = (word: string): boolean => TIME.test(word) || (PLAIN.test(word) && !LINKED.test(word));

/** Whether words that are shown as code end within quotes: what is quoted to be copied stays in one piece. */
const isQuoting = (words: readonly string[]): boolean =>
  words.findLastIndex((word) => word.startsWith("'")) > words.findLastIndex((word) => /.'[.,;:)]*$/.test(word));

/** What is between backticks as words of their own, and what ends a sentence after it. */
const BETWEEN_BACKTICKS = /(?<=^| )(`[^`]+`[.,;:]?)(?= |$)/;

/** A sentence in which whatever could act is in code spans, the words beside each other in one, and what is between backticks in another. */
export function prose(value: string, longest = LONGEST): string {
  const text = shortened(value, longest);
  const parts = text.split(BETWEEN_BACKTICKS);
  // A backtick more is none that we wrote.
  if (parts.some((part, index) => index % 2 === 0 && part.includes('`'))) return spanned(text, longest);
  return parts
    .map((part, index) =>
      index % 2 === 0 ? spanned(part.trim(), longest) : part.replace(/`([^`]+)`/, (_, inner: string) => code(inner, longest + LONGEST)),
    )
    .filter((part) => part !== '')
    .join(' ');
}

function spanned(text: string, longest: number): string {
  const runs: { readonly plain: boolean; readonly words: string[] }[] = [];
  for (const word of text.split(' ')) {
    const [last, plain] = [runs.at(-1), isPlain(word)];
    // An empty word is one of two blanks: it belongs to what stands before it.
    if (last !== undefined && (last.plain === plain || word === '' || (!last.plain && isQuoting(last.words)))) last.words.push(word);
    else runs.push({ plain: plain || word === '', words: [word] });
  }
  return runs
    .map(({ plain, words }) => {
      if (plain) return words.join(' ');
      // What ends the sentence is none of the name before it.
      const [, name = '', mark = ''] = /^([^]*[^.,;:])([.,;:])$/.exec(words.join(' ')) ?? [null, words.join(' ')];
      return `${code(name, longest + LONGEST)}${mark}`;
    })
    .join(' ');
}

/** Commands as a block; none where there are none. */
export function codeBlock(lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const text = lines.map(inert);
  const runs = text.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(2, ...runs) + 1);
  return [`${fence}sh`, ...text, fence];
}
