import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inert, inertJson, isInert } from '../../src/lib/escape-text.js';

describe('inert', () => {
  it.each([
    ['a terminal escape', '\u001b[31m', '\\u001b[31m'],
    ['an operating system command', '\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
    ['an escape as one C1 character', '\u009b2J', '\\u009b2J'],
    ['a line break', 'a\r\nb', 'a\\u000d\\u000ab'],
    ['a tabulator', 'a\tb', 'a\\u0009b'],
    ['text turned around', 'a\u202eb\u2066c\u2069', 'a\\u202eb\\u2066c\\u2069'],
    ['marks of direction', '\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
    ['invisible spaces', 'a\u200bb\ufeffc\u2060', 'a\\u200bb\\ufeffc\\u2060'],
    ['spaces that look like the common one', 'a\u00a0b\u3000c', 'a\\u00a0b\\u3000c'],
    ['separators of lines and paragraphs', '\u2028\u2029', '\\u2028\\u2029'],
    ['letters that nothing shows', '\u3164\u115f', '\\u3164\\u115f'],
    ['hidden tags beyond the basic plane', 'a\u{e0041}', 'a\\u{e0041}'],
    ['half of a surrogate pair', 'a\ud800b', 'a\\ud800b'],
  ])('shows %s', (_what, hostile, shown) => {
    expect(isInert(hostile)).toBe(false);
    expect(inert(hostile)).toBe(shown);
  });

  it.each(['', 'plain text, with spaces', 'Zürich 東京 😀', 'quotes \' " and $(shell) `things` <b>too</b>'])('leaves %p alone', (text) => {
    expect(isInert(text)).toBe(true);
    expect(inert(text)).toBe(text);
  });

  it('leaves nothing active in any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => isInert(inert(text))));
  });
});

describe('inertJson', () => {
  it('escapes what JSON.stringify lets through, and keeps its line breaks', () => {
    expect(inertJson(JSON.stringify({ a: '\u009b2J\u202e' }, null, 2))).toBe('{\n  "a": "\\u009b2J\\u202e"\n}');
  });

  it('escapes beyond the basic plane as two units, as JSON has it', () => expect(inertJson('"\u{e0041}"')).toBe('"\\udb40\\udc41"'));

  it('is inert and means the same for a parser, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = inertJson(JSON.stringify(text));
        expect(isInert(json)).toBe(true);
        expect(JSON.parse(json)).toBe(text);
      }),
    );
  });
});
