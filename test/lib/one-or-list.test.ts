import { describe, expect, it } from '@jest/globals';
import { isObject, membersOf } from '../../src/lib/is-object.js';
import { asList, oneOrList, only, strings } from '../../src/lib/one-or-list.js';

describe('what stands alone or in a list', () => {
  it('is a list either way, and none where it is absent', () => {
    expect([asList('a'), asList(['a', 'b']), asList(undefined), asList(null)]).toEqual([['a'], ['a', 'b'], [], [null]]);
  });

  it('gives its strings alone', () => expect([strings('a'), strings(['a', 1, null, ['b']]), strings({})]).toEqual([['a'], ['a'], []]));

  it('is written alone where there is one', () => {
    expect([oneOrList(['a']), oneOrList(['']), oneOrList(['a', 'b']), oneOrList([])]).toEqual(['a', '', ['a', 'b'], []]);
  });

  it('is told by the only one, and by none where there is a choice', () => {
    expect([only([1]), only([]), only([1, 2])]).toEqual([1, null, null]);
  });
});

describe('isObject', () => {
  it.each([
    [{}, true],
    [{ a: 1 }, true],
    [[], false],
    [null, false],
    ['text', false],
    [undefined, false],
  ])('of %j is %p', (value, is) => expect(isObject(value)).toBe(is));

  it('gives the members of an object, and of anything else none', () => {
    expect([membersOf({ a: 1 }), membersOf([1]), membersOf(null)]).toEqual([{ a: 1 }, {}, {}]);
  });
});
