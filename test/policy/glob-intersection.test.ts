import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { effortOf, globIntersection, type CasedGlob, type CommonText } from '../../src/policy/pattern/glob-intersection.js';
import { matchesGlob, parseGlob } from '../../src/policy/pattern/glob.js';

const glob = (pattern: string, ignoreCase = false): CasedGlob => ({ parts: parseGlob(pattern), ignoreCase });
const textOf = (common: CommonText): string | null => (common.kind === 'found' ? common.text : null);
const meet = (left: string, right: string, cases: readonly [boolean, boolean] = [false, false]): string | null =>
  textOf(globIntersection([glob(left, cases[0]), glob(right, cases[1])]));

describe('two patterns meet', () => {
  it.each([
    ['', '', ''],
    ['', '*', ''],
    ['*', '**', ''],
    ['abc', 'abc', 'abc'],
    ['a*', '*b', 'ab'],
    ['a?c', '?b?', 'abc'],
    ['?', '?', 'x'],
    ['*a*', '*b*', null],
    ['a*b*c', 'a*c', null],
    ['x*', '*y*', null],
    ['***a', 'a', 'a'],
    ['?*', '*?', null],
  ])('%p and %p', (left, right, text) => {
    for (const found of [meet(left, right), meet(right, left)]) {
      if (text !== null) expect(found).toBe(text);
      expect(matchesGlob(parseGlob(left), found ?? '!')).toBe(true);
      expect(matchesGlob(parseGlob(right), found ?? '!')).toBe(true);
    }
  });

  it.each([
    ['', '?'],
    ['', 'a'],
    ['a', 'b'],
    ['a*', 'b*'],
    ['*a', '*b'],
    ['a?', 'a'],
    ['a*b', 'a*c'],
    ['abc', 'abcd'],
  ])('nowhere: %p and %p', (left, right) => {
    expect(meet(left, right)).toBeNull();
    expect(meet(right, left)).toBeNull();
  });

  it('writes a letter as the side wants it that counts case', () => {
    expect(meet('Ab', 'aB', [true, false])).toBe('aB');
    expect(meet('Ab', 'aB', [false, true])).toBe('Ab');
    expect(meet('Ab', 'aB', [true, true])).toMatch(/^ab$/i);
    expect(meet('Ab', 'aB')).toBeNull();
  });

  it('fills wildcards with the letter that is asked for', () => {
    expect(textOf(globIntersection([glob('?a?'), glob('*')], 'q'))).toBe('qaq');
  });

  it('finds what trying all short texts finds, whatever the patterns', () => {
    const patterns = fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'b', 'B', '*', '?'), maxLength: 5 }), fc.boolean()), {
      minLength: 1,
      maxLength: 3,
    });
    let open = 0;
    fc.assert(
      fc.property(patterns, (chosen) => {
        const globs = chosen.map(([text, ignoreCase]) => glob(text, ignoreCase));
        const matchesAll = (text: string): boolean => globs.every(({ parts, ignoreCase }) => matchesGlob(parts, text, ignoreCase));
        const found = globIntersection(globs);
        if (found.kind === 'found') return matchesAll(found.text);
        if (found.kind === 'open') open += 1;
        return found.kind === 'open' || !TEXTS.some(matchesAll);
      }),
      { numRuns: 5_000 },
    );
    expect(open).toBeLessThan(250);
  });

  it('takes the time of reading patterns that all have runs, however many and long', () => {
    const long = Array.from({ length: 50 }, (_, index) => glob(`*${'a*'.repeat(2_000)}${index}*`));
    expect(globIntersection(long).kind).toBe('found');
    expect(effortOf(long)).toBeLessThan(50 * 4_010);
  });
});

/** Every text of up to five letters. */
const TEXTS = Array.from({ length: 6 }, (_, length) => length).flatMap((length) =>
  Array.from({ length: 4 ** length }, (_, number) =>
    Array.from({ length }, (_place, at) => 'abAB'[Math.floor(number / 4 ** at) % 4] ?? '').join(''),
  ),
);
