/** Characters that need no quoting in any POSIX shell. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;
/** Control and bidirectional characters: they would forge lines or hide text in a terminal, so they are written as escapes. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

function escaped(char: string): string {
  if (char === "'" || char === '\\') return `\\${char}`;
  if (!HIDDEN.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** One argument as a POSIX shell reads it back; with hidden characters in the `$'…'` form that bash and zsh know. */
export function shellArgument(value: string): string {
  if (PLAIN.test(value)) return value;
  if (HIDDEN.test(value)) return `$'${[...value].map(escaped).join('')}'`;
  return `'${value.replace(/'/g, `'\\''`)}'`;
}

/** A command line from its words. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellArgument).join(' ');
}
