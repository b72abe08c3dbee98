import { isInert } from '../../src/lib/escape-text.js';
import { isPlainArgument, isPlainPath } from '../../src/model/report/command.js';

/** In single quotes it means itself to every shell: PowerShell takes the typographic ones for them, and in fish a last backslash acts. */
const QUOTABLE = /^[^-'\u2018-\u201b][^'\u2018-\u201b]*(?<!\\)$/;

/** What the user gave, as a word of every shell; null where no quotes make it one. */
function quoted(word: string): string | null {
  if (isPlainArgument(word) || isPlainPath(word)) return word;
  return isInert(word) && QUOTABLE.test(word) ? `'${word}'` : null;
}

/** What the user gave, as it follows a command to copy: ` --profile prod`; nothing where no quotes make words of it. */
export function asGiven(words: readonly string[]): string {
  const quotedWords = words.map((word) => (word.startsWith('--') ? word : quoted(word)));
  return quotedWords.includes(null) ? '' : quotedWords.map((word) => ` ${word ?? ''}`).join('');
}

/**
 * A command to copy; null where it would not work as it is.
 * @param words of the program, and names out of what was read, which are taken where they are plain
 * @param given options with what the user gave for them: a path, or the name of a profile
 */
export function lineToCopy(words: readonly string[], given: readonly string[]): string | null {
  const isPlain = words.every((word) => word.startsWith('-') || isPlainArgument(word));
  const more = given.map((word) => (word.startsWith('--') ? word : quoted(word)));
  return isPlain && !more.includes(null) ? [...words, ...more].join(' ') : null;
}
