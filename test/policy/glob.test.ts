import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonical, globMatcher, hasWildcard, matchesGlob, parseGlob } from '../../src/policy/pattern/glob.js';
import { all, any, decided, not } from '../../src/policy/language/tristate.js';

describe('matchesGlob', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['**', 'abc', true],
    ['?', '', false],
    ['?', 'ab', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b', false],
    ['*aab', 'aaaab', true],
    ['a?*', 'a', false],
    ['é?', 'é😀', true],
    ['[a-z]+', 'a', false],
    ['A', 'a', false],
  ])('%j on %j is %s', (pattern, value, expected) => {
    expect([matchesGlob(parseGlob(pattern), value), globMatcher(pattern)(value)]).toEqual([expected, expected]);
  });

  it('gives what a pattern made ready gives, whatever the pattern', () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '😀'), maxLength: 8 });
    fc.assert(
      fc.property(few, few, (pattern, value) => globMatcher(pattern)(value) === matchesGlob(parseGlob(pattern), value)),
      { numRuns: 20_000 },
    );
  });

  it('compares without case on request', () => {
    expect([matchesGlob(parseGlob('A*C'), 'abc', true), matchesGlob(parseGlob('A*C'), 'abd', true)]).toEqual([true, false]);
  });

  it('ends on patterns that would take a backtracking matcher for ever', () => {
    expect(matchesGlob(parseGlob('*a'.repeat(1000)), `${'a'.repeat(2000)}b`)).toBe(false);
  });

  it.each([
    ['', ''],
    ['abc', 'abc'],
    ['a*b', 'a*b'],
    ['**', '*'],
    ['*?', '?*'],
    ['a*?*?b', 'a??*b'],
    ['*a**?', '*a?*'],
    ['?*?', '??*'],
  ])('%j has the fewest runs as %j', (pattern, expected) => expect(canonical(parseGlob(pattern))).toEqual(parseGlob(expected)));

  it('hasWildcard', () => {
    expect(['a*', '?', 'abc', ''].map(hasWildcard)).toEqual([true, true, false, false]);
  });
});

describe('three values', () => {
  it('combine as Kleene has it', () => {
    expect([all([]), all(['yes']), all(['yes', 'undecided']), all(['undecided', 'no'])]).toEqual(['yes', 'yes', 'undecided', 'no']);
    expect([any([]), any(['no']), any(['no', 'undecided']), any(['undecided', 'yes'])]).toEqual(['no', 'no', 'undecided', 'yes']);
    expect([not('yes'), not('no'), not('undecided'), decided(true), decided(false)]).toEqual(['no', 'yes', 'undecided', 'yes', 'no']);
  });
});
