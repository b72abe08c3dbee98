import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import ts from 'typescript';

const sources = ['src', 'cli', 'lambda'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);

/** The regular expressions that stand in a file as such. */
function expressionsIn(file: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return found;
}

/** What an expression may go over again and again: each sign and each word that stands in it, one of each class, and two of these in turn. */
function pumpsOf(expression: string): readonly string[] {
  const plain = expression.replace(/\\[pPu]\{[^}]*\}|\\[dDwWsSbB]/g, ' ').replaceAll('\\', '');
  const signs = [...new Set([...plain, ...'a0 /:.*-'])].filter((sign) => !'()|^$?+'.includes(sign));
  const words = plain.match(/[\w/:.-]{2,}/g) ?? [];
  const pairs = signs.flatMap((sign, at) => [`${sign}${signs[at + 1] ?? 'a'}`, `a${sign}`, `${sign}0`]);
  return [...new Set([...signs, ...pairs, ...words.flatMap((word) => [word, `a${word}`])])];
}

const MOST_CPU_MS = 250;
/** Small steps first: what doubles with each sign is found before it lasts for hours. */
const LENGTHS = [12, 16, 20, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1_024, 2_048];

function cpuMsOf(expression: RegExp, text: string): number {
  const before = process.cpuUsage();
  expression.lastIndex = 0;
  expression.test(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** The length of a text of one pump on which an expression takes too long, with that pump; undefined where there is none. */
function slowOn(literal: string): string | undefined {
  const end = literal.lastIndexOf('/');
  const expression = new RegExp(literal.slice(1, end), literal.slice(end + 1));
  const prefix = /^\^?((?:[A-Za-z0-9:]|\\[./])*)/.exec(literal.slice(1, end))?.[1]?.replaceAll('\\', '') ?? '';
  for (const pump of pumpsOf(literal.slice(1, end)))
    for (const length of LENGTHS) {
      const text = `${prefix}${pump.repeat(length / pump.length)}\n\u0000`;
      // Once may be the machine: code that is compiled, memory that is tidied.
      if ([0, 1, 2].every(() => cpuMsOf(expression, text) > MOST_CPU_MS)) return `${literal} on ${length} of ${JSON.stringify(pump)}`;
    }
  return undefined;
}

/** Names, values of policies and answers are anybody's text. */
it('no regular expression takes long on any text of a few repeated signs', () => {
  const expressions = [...new Set(sources.flatMap(expressionsIn))];
  expect(expressions.length).toBeGreaterThan(150);
  expect(expressions.flatMap((one) => slowOn(one) ?? [])).toEqual([]);
});
