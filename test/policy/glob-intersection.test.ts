import { describe, expect, it } from '@jest/globals';
import { globIntersection } from '../../src/policy/glob-intersection.js';
import { matchesGlob, parseGlob } from '../../src/policy/glob.js';

const meet = (left: string, right: string, cases: readonly [boolean, boolean] = [false, false]): string | null =>
  globIntersection({ parts: parseGlob(left), ignoreCase: cases[0] }, { parts: parseGlob(right), ignoreCase: cases[1] });

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
    expect(globIntersection({ parts: parseGlob('?a?'), ignoreCase: false }, { parts: parseGlob('*'), ignoreCase: false }, 'q')).toBe('qaq');
  });
});
