import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MOST_NESTED, parseJson, textFrom } from '../src/saved/json-file.js';

const bytes = (encoding: 'utf8' | 'utf16le', text: string): Buffer => Buffer.from(text, encoding);
const bigEndian = (text: string): Buffer => bytes('utf16le', text).swap16();
const TEXT = '{"name":"Zürich 東京 😀"}';

describe('the text of a file', () => {
  it.each([
    ['UTF-8', bytes('utf8', TEXT)],
    ['UTF-8 with a byte order mark', bytes('utf8', `\ufeff${TEXT}`)],
    ['UTF-16 as Windows PowerShell writes it', bytes('utf16le', `\ufeff${TEXT}`)],
    ['UTF-16 of the other order', bigEndian(`\ufeff${TEXT}`)],
  ])('is read as %s', (_, file) => expect(textFrom(file)).toBe(TEXT));

  it.each([[bytes('utf16le', TEXT)], [bigEndian(TEXT)]])('says what to do where UTF-16 has no byte order mark', (file) =>
    expect(() => textFrom(file)).toThrow('it seems to be UTF-16 without a byte order mark: save it as UTF-8.'),
  );

  it.each([[''], ['a'], ['\ufeff']])('may be short: %j', (text) => expect(textFrom(bytes('utf8', text))).toBe(text.replace('\ufeff', '')));
});

describe('JSON', () => {
  const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

  it('is parsed, a byte order mark before it left out', () => expect(parseJson(`\ufeff${TEXT}`)).toEqual(JSON.parse(TEXT)));

  it('may be nested, not very deep', () => {
    expect(parseJson(nested(MOST_NESTED))).toBeDefined();
    expect(() => parseJson(nested(MOST_NESTED + 2))).toThrow(`nests its lists and objects more than ${MOST_NESTED} deep`);
  });

  it.each([nested(200_000), `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`])('that nests far deeper ends nothing', (text) =>
    expect(() => parseJson(text)).toThrow(/nests its lists/),
  );

  it.each(['['.repeat(1_000_000), '{"a":'.repeat(1_000_000)])('that nests deep and is cut off is no JSON', (text) =>
    expect(() => parseJson(text)).toThrow(/is not JSON/),
  );

  it('is not nested by what its strings hold', () => {
    const value = { '[[["\\': '{"['.repeat(1000), 'b': ['\\', '"', '[', '\\"['.repeat(1000)] };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });

  it('is what JSON.parse takes, and else an error in its words', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => expect(parseJson(text)).toEqual(JSON.parse(text))));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const outcome = (read: (text: string) => unknown): unknown => {
          try {
            return read(text);
          } catch (error) {
            return `is not JSON (${(error as Error).message})`;
          }
        };
        const own = (all: string): unknown => {
          try {
            return parseJson(all);
          } catch (error) {
            return (error as Error).message;
          }
        };
        expect(own(text)).toEqual(outcome(JSON.parse));
      }),
    );
  });
});
