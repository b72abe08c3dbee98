import { describe, expect, it } from '@jest/globals';
import { errorInWords, messageOf } from '../../src/lib/error-in-words.js';
import { inWords, listed, quoted } from '../../src/lib/list-in-words.js';
import { plural } from '../../src/lib/plural.js';

const SIX = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('a list in words', () => {
  it('names the first few and counts the rest', () => {
    expect([listed([]), listed(['a']), listed(SIX.slice(0, 5)), listed(SIX)]).toEqual([
      '',
      'a',
      'a, b, c, d, e',
      'a, b, c, d, e and 1 more',
    ]);
    expect(listed(SIX, 2)).toBe('a, b and 4 more');
    expect(inWords(SIX)).toBe('a and b and c and d and e and 1 more');
  });

  it('quotes values one of which is asked for', () => expect([quoted([]), quoted(['a', '"'])]).toEqual(['nothing', '"a" or "\\""']));
});

describe('plural', () => {
  it('counts', () => expect([plural(0, 'pod'), plural(1, 'pod'), plural(2, 'pod')]).toEqual(['0 pods', '1 pod', '2 pods']));
  it('takes a plural of its own', () => expect(plural(2, 'policy', 'policies')).toBe('2 policies'));
});

describe('an error in words', () => {
  it('is its name and message, with a code that these leave out', () => {
    expect(errorInWords(new TypeError('no'))).toBe('TypeError: no');
    expect(errorInWords(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('Error:  ECONNREFUSED');
    expect(errorInWords(Object.assign(new Error('E1 said'), { code: 'E1' }))).toBe('Error: E1 said');
  });

  it('is whatever was thrown', () => expect([errorInWords('no'), messageOf('no'), messageOf(new Error('no'))]).toEqual(['no', 'no', 'no']));
});
