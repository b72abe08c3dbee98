import { isInert } from '../model/active-text.js';

/** Characters that need no quoting in any POSIX shell. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

function escaped(char: string): string {
  if (char === "'" || char === '\\') return `\\${char}`;
  if (isInert(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/**
 * One argument as a POSIX shell reads it back. What would forge lines or hide in a terminal is written as an escape, in the
 * `$'…'` form that bash and zsh know.
 */
export function shellArgument(value: string): string {
  if (PLAIN.test(value)) return value;
  if (!isInert(value)) return `$'${[...value].map(escaped).join('')}'`;
  return `'${value.replace(/'/g, `'\\''`)}'`;
}

/** A command line from its words. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellArgument).join(' ');
}
