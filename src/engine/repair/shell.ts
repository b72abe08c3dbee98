import { escapedInJson } from '../../lib/escape-text.js';
import { isPlainArgument, type Word } from '../../model/report/command.js';
import type { Json } from '../../model/inventory/inventory.js';

/** Our own options. No value looks like one, for none begins with a dash. */
const OPTION = /^(?:--[a-z]+(?:-[a-z]+)*|-[a-z])$/;

/**
 * What in JSON no shell acts on, neither within single quotes nor, but for the double quotes, without them: all else is written
 * as an escape of JSON itself. Within single quotes fish reads `\'` and `\\`, csh `!`, and PowerShell ends them at a curly one;
 * everywhere `\u00a0` stays as it is.
 */
const ACTS = /\\(?:u[0-9a-f]{4}|.)|[^A-Za-z0-9 "_.:/@,=+*?{}[\]$-]/g;

function asEscape(part: string): string {
  return escapedInJson(part.startsWith('\\') ? (JSON.parse(`"${part}"`) as string) : part);
}

/** A document in single quotes that holds no apostrophe, and no backslash but those of `\u` with four digits. */
const quoted = (document: Json): string => `'${JSON.stringify(document).replace(ACTS, asEscape)}'`;

/** The one address that the AWS CLI does not fetch is that of a provider (`PARAMFILE_DISABLED` in its source). */
const isIssuer = (word: string, after: string): boolean =>
  after === '--url' && word.startsWith('https://') && isPlainArgument(word.slice('https://'.length));

/** Whether a word is a value that can stand as it is, or an option where no value is due. */
function isSafe(word: string, after: Word): boolean {
  if (typeof after === 'string' && isIssuer(word, after)) return true;
  if (OPTION.test(word)) return typeof after !== 'string' || !OPTION.test(after);
  return isPlainArgument(word);
}

/**
 * A command line from its words, which bash, dash, zsh and fish read back as the very same ones; null where a word is such that a
 * shell, or the program that gets it, may take it for something else. Then there is no command.
 */
export function shellCommand(words: readonly Word[]): string | null {
  const isPlain = words.every((word, index) => typeof word !== 'string' || isSafe(word, words[index - 1] ?? ''));
  return isPlain ? words.map((word) => (typeof word === 'string' ? word : quoted(word.document))).join(' ') : null;
}

/** Several command lines; none at all where one cannot be told, for a part of them is not what was meant. */
export function shellCommands(commands: readonly (readonly Word[])[]): readonly string[] {
  const lines = commands.map(shellCommand);
  return lines.some((line) => line === null) ? [] : lines.filter((line) => line !== null);
}
