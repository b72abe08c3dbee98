import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shellCommand } from '../../src/engine/repair/shell.js';
import type { Word } from '../../src/model/report/command.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { isThere, runIn, SHELLS, whyNot } from '../support/shells.js';

/** What ends a word, a quotation or a line in one shell or another, or begins something that is carried out. */
const NASTY: readonly string[] = [
  "'; touch CANARY #",
  "x:\u00ad'; touch CANARY #",
  "\u00a0'; touch CANARY; '",
  "\\'; touch CANARY; \\'",
  "\\\\'; touch CANARY; '\\\\",
  '"; touch CANARY; "',
  '$(touch CANARY)',
  '`touch CANARY`',
  '(touch CANARY)',
  '; touch CANARY\n',
  'a\ntouch CANARY\nb',
  '\r\ntouch CANARY\r\n',
  '\u2019; touch CANARY; \u2018\u201a\u201b\u201c',
  "$'\\x27; touch CANARY #'",
  '\\x27\\047\\u0027\\c\\',
  '!!',
  '!touch',
  '^touch^x',
  '%PATH%',
  '${HOME}',
  '$HOME ~ ~root =ls *',
  '{a,b}',
  '#',
  '\u0001\u0007\u001b[2J\u007f\u0085\u009b',
  '\u202e\u2066\u200b\ufeff\u2028',
  'é 漢字 😀 \u{e0041}',
  '\\',
  '\\\\',
  "'",
  "''",
  '',
];

const units = fc.oneof(
  fc.constantFrom(...[...NASTY.join('')], 'a', 'b', ' ', '=', '-', '~', '@', '/'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const hostile = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: units, maxLength: 12 }));

/** So that the name of a test does not act where it is printed. */
const named = (texts: readonly string[]): (readonly [string, string])[] =>
  texts.map((text) => [JSON.stringify(text).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`), text]);

/** As a trust policy has them: names and values alike are somebody's text. */
const documents: readonly Json[] = [
  ...NASTY.map((text) => ({ Statement: [{ [text]: text }] })),
  ...fc.sample(fc.dictionary(hostile, fc.oneof(hostile, fc.array(hostile, { maxLength: 3 }))), { seed: 7, numRuns: 120 }),
];

const before = ['aws', 'iam', 'update-assume-role-policy', '--role-name', 'app', '--policy-document'];
const lineOf = (words: readonly Word[]): string => shellCommand(words) ?? '';

describe('a document', () => {
  it('has neither an apostrophe nor anything that acts, and no backslash but of a \\u', () => {
    for (const document of documents)
      expect(lineOf([...before, { document }])).toMatch(/^[a-z -]+ '(?:[A-Za-z0-9 "_.:/@,=+*?{}[\]$-]|\\u[0-9a-f]{4})*'$/);
  });

  it.each<[string, Json, string]>([
    ['a policy as most are', { a: ['repo:x/y:*', '${aws:z}', 1, true, null] }, `'{"a":["repo:x/y:*","\${aws:z}",1,true,null]}'`],
    ['an apostrophe and a backslash', "it's \\", `'"it\\u0027s \\u005c"'`],
    ['quotes and lines', '"\n\t', `'"\\u0022\\u000a\\u0009"'`],
    ['what is not ASCII', 'é😀\ud800', `'"\\u00e9\\ud83d\\ude00\\ud800"'`],
    ['what is an escape already', '\\u0041', `'"\\u005cu0041"'`],
  ])('is written as the same JSON: %s', (_, document, expected) => {
    expect(lineOf(['aws', '--policy-document', { document }])).toBe(`aws --policy-document ${expected}`);
    expect(JSON.parse(expected.slice(1, -1))).toEqual(document);
  });
});

describe('a word', () => {
  it.each(['app', 'a,b=c', 'arn:aws:iam::210987654321:role/team/app+=,.@-_', 'key-', 'eks.amazonaws.com/role-arn=arn:aws:iam::1:role/x'])(
    '%j stands as it is',
    (word) => {
      expect(shellCommand(['kubectl', word])).toBe(`kubectl ${word}`);
    },
  );

  it.each(named([...NASTY, 'a b', "it's", '=ls', '~', '~root', '@x', '-rf', '--all-', '--all=x', '-', 'a%b', 'é', 'a\u00a0b', 'a\u00adb']))(
    '%s gives no command',
    (_, word) => {
      expect(shellCommand(['aws', 'iam', word, 'x'])).toBeNull();
      expect(shellCommand(['aws', 'iam', '--role-name', word])).toBeNull();
    },
  );

  it.each(['file:///home/me/.aws/credentials', 'fileb://x', 'https://evil.example/x', 'http://169.254.169.254/'])(
    'that the AWS CLI would fetch gives none: %s',
    (word) => {
      expect(shellCommand(['aws', 'iam', '--client-id', word])).toBeNull();
    },
  );

  it('is the address of a provider, which the AWS CLI leaves alone', () => {
    expect(shellCommand(['aws', '--url', 'https://oidc.example/id/1'])).toBe('aws --url https://oidc.example/id/1');
    expect(shellCommand(['aws', '--url', 'file:///x'])).toBeNull();
    expect(shellCommand(['aws', '--url', 'https://x/;y'])).toBeNull();
  });

  it('is no option where the value of one is due', () => {
    expect(shellCommand(['aws', 'iam', 'x', '--role-name', '--profile', '--policy-document', { document: {} }])).toBeNull();
  });
});

const lines = fc
  .sample(
    fc.array(fc.string({ unit: fc.constantFrom(...'abz09_.:/@+=,-~%!#^{}[]*?'), minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    }),
    {
      seed: 7,
      numRuns: 6_000,
    },
  )
  .filter((words) => shellCommand(['aws', ...words]) !== null);

describe.each(SHELLS)('$name', (shell) => {
  const run = isThere(shell) ? it : it.skip;

  run(`reads every document back, and runs nothing of it${whyNot(shell)}`, () => {
    const { calls, made, errors } = runIn(
      shell,
      documents.map((document) => lineOf([...before, { document }])),
    );
    expect([made, errors]).toEqual([{}, '']);
    expect(calls.map((words) => words.slice(0, -1))).toEqual(documents.map(() => before.slice(1)));
    expect(calls.map((words) => JSON.parse(words.at(-1) ?? '') as Json)).toEqual(JSON.parse(JSON.stringify(documents)));
  });

  run(`reads every word back that a command may hold${whyNot(shell)}`, () => {
    const { calls, made, errors } = runIn(
      shell,
      lines.map((words) => lineOf(['aws', ...words])),
    );
    expect([made, errors]).toEqual([{}, '']);
    expect(calls).toEqual(lines);
  });
});
