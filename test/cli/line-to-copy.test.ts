import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asGiven, lineToCopy } from '../../cli/terminal/line-to-copy.js';

describe('a line to copy', () => {
  it.each([
    ['examples/account.json', 'show 3 --inventory examples/account.json'],
    ['/home/jane/account.json', 'show 3 --inventory /home/jane/account.json'],
    ['/home/jane/my account.json', "show 3 --inventory '/home/jane/my account.json'"],
    ['C:\\Users\\jane\\account.json', "show 3 --inventory 'C:\\Users\\jane\\account.json'"],
    ['$HOME/account.json', "show 3 --inventory '$HOME/account.json'"],
    ["jane's.json", null],
    ['jane\u2019s.json', null],
    ['ends in\\', null],
    ['-', null],
    ['two\nlines', null],
    ['', null],
  ])('with the path %j: %s', (path, line) => expect(lineToCopy(['show', '3'], ['--inventory', path])).toBe(line));

  it('is none where a name that was read is no plain word', () => {
    expect(lineToCopy(['why', 'sa/$(id)'], ['--inventory', 'a.json'])).toBeNull();
    expect(lineToCopy(['why', 'sa/a b'], [])).toBeNull();
  });

  it('gives a shell the words that were given', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.string({ unit: fc.constantFrom('a', ' ', '$', '`', '"', '!', '\\', '/', '*', ';') }),
    );
    fc.assert(
      fc.property(word, (path) => {
        const line = lineToCopy([], ['--inventory', path]);
        if (line === null || path.startsWith('--')) return;
        expect(execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })).toBe(`--inventory\n${path}\n`);
      }),
      { numRuns: 60 },
    );
  });

  it('says what follows a command, or nothing', () => {
    expect(asGiven(['--profile', 'prod', '--role-arn', 'arn:aws:iam::111122223333:role/r'])).toBe(
      ' --profile prod --role-arn arn:aws:iam::111122223333:role/r',
    );
    expect(asGiven(['--profile', "jane's"])).toBe('');
    expect(asGiven([])).toBe('');
  });
});
