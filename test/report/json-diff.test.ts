import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import { jsonDiff } from '../../src/report/parts/json-diff.js';

const diff = (before: Json, after: Json): string[] => jsonDiff(before, after).map(({ sign, text }) => `${sign} ${text}`);

describe('what changes in a document', () => {
  it('is nothing where nothing does', () => expect(diff({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]));
  it('is one line each way for a value', () =>
    expect(
      diff(
        { Statement: [{ Condition: { StringEquals: { aud: 'x', sub: 'a' } } }] },
        { Statement: [{ Condition: { StringEquals: { aud: 'x', sub: 'b' } } }] },
      ),
    ).toEqual(['- "StringEquals": { "sub": "a" }', '+ "StringEquals": { "sub": "b" }']));
  it('is the value that is added to what was alone, with its key', () =>
    expect(diff({ Action: 'a', aud: 'x' }, { Action: ['a', 'b'], aud: 'x' })).toEqual(['+ "Action": "b"']));
  it('is what goes from one operator to another, and not what stays', () =>
    expect(
      diff(
        { Condition: { StringEquals: { aud: 'x', sub: 'a*' } } },
        { Condition: { StringEquals: { aud: 'x' }, StringLike: { sub: 'a*' } } },
      ),
    ).toEqual(['- "StringEquals": { "sub": "a*" }', '+ "StringLike": { "sub": "a*" }']));
  it('is an operator with all that is under it', () =>
    expect(diff({ Condition: { StringEquals: { a: '*', b: '1' } } }, { Condition: { StringLike: { a: '*', b: '1' } } })).toEqual([
      '- "StringEquals": { "a": "*" }',
      '- "StringEquals": { "b": "1" }',
      '+ "StringLike": { "a": "*" }',
      '+ "StringLike": { "b": "1" }',
    ]));
  it('is all of what was not there', () =>
    expect(diff(null, { url: 'u', clientIds: ['sts'] })).toEqual(['+ "url": "u"', '+ "clientIds": "sts"']));

  it('is never nothing for what differs, and nothing for what is the same', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.string({ minLength: 1 }), fc.string(), (record, key, value) => {
        const before = { ...record, [key]: `${value}1` };
        expect(jsonDiff(before, before)).toEqual([]);
        expect(jsonDiff(before, { ...record, [key]: `${value}2` })).toHaveLength(2);
      }),
      { seed: 20261129 },
    ));
});
