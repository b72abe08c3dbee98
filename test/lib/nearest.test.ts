import { describe, expect, it } from '@jest/globals';
import { editDistance, nearest } from '../../src/lib/nearest.js';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'ab', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('%j to %j is %i', (left, right, distance) => expect(editDistance(left, right)).toBe(distance));

  it('gives up at its limit', () => {
    expect(editDistance('aaaa', 'bbbb', 2)).toBe(3);
    expect(editDistance('a', 'a'.repeat(50), 2)).toBe(3);
  });
});

describe('nearest', () => {
  it('takes the closest, the first of equals in the alphabet, and none beyond the limit', () => {
    expect(nearest('paymnts', ['payouts', 'payments', 'payment'], 3)).toBe('payments');
    for (const order of [
      ['card', 'care'],
      ['care', 'card'],
    ])
      expect(nearest('cart', order, 2)).toBe('card');
    expect(nearest('cart', ['catalogue'], 2)).toBeNull();
  });
});
