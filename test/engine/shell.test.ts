import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shellArgument, shellCommand } from '../../src/engine/shell.js';

/** What a real shell makes of a line: each word between two brackets. */
function wordsOf(line: string): string {
  return execFileSync('bash', ['-c', `printf '<%s>' ${line}`], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
}

describe('shellArgument', () => {
  it.each([
    ['role/app', 'role/app'],
    ['', "''"],
    ["it's", `'it'\\''s'`],
    ['$(reboot)', "'$(reboot)'"],
    ['a b', "'a b'"],
    ['line\nbreak', "$'line\\x0abreak'"],
    ['\u202eflip', "$'\\u202eflip'"],
    ["tab\t'\\", "$'tab\\x09\\'\\\\'"],
  ])('%j becomes %s', (value, expected) => {
    expect(shellArgument(value)).toBe(expected);
  });

  it('is read back by a shell as the very same words, whatever they hold', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(
        "'",
        '"',
        '\\',
        '$',
        '`',
        ' ',
        '\n',
        '\r',
        '\t',
        '\u001b',
        '!',
        '*',
        '?',
        '~',
        '#',
        ';',
        '&',
        '|',
        '<',
        '(',
        '{',
        'a',
        'é',
        '\u202e',
        '\u0085',
      ),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 3 }), (words) => {
        expect(wordsOf(shellCommand(words))).toBe(words.map((word) => `<${word}>`).join(''));
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it('leaves no raw control or bidirectional character in a command', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (word) => {
        expect(shellArgument(word)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
      }),
      { seed: 7 },
    );
  });
});
