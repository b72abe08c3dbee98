import { describe, expect, it } from '@jest/globals';
import { AUD, SUB, URL, verdictOn } from './request.js';

const OPERATORS = 'IAM User Guide, condition operators, String';
const ABSENT = 'IAM User Guide, condition operators, Important: key not present';
const VALUES = 'IAM User Guide, multiple context keys or values';
const SETS = 'IAM User Guide, single-valued and multivalued context keys';
const IF_EXISTS = 'IAM User Guide, condition operators, IfExists';

const HIT = 'system:serviceaccount:shop:checkout';
const MISS = 'system:serviceaccount:shop:cart';
/** Kubernetes tokens carry no such claim. */
const MISSING = `${URL}:email`;

type Row = readonly [
  operator: string,
  what: string,
  key: string,
  values: string | readonly string[],
  verdict: 'allowed' | 'denied',
  source: string,
];

const rows: readonly Row[] = [
  ['StringEquals', 'match', SUB, HIT, 'allowed', OPERATORS],
  ['StringEquals', 'mismatch', SUB, MISS, 'denied', OPERATORS],
  ['StringEquals', 'missing key', MISSING, HIT, 'denied', ABSENT],
  ['StringEquals', 'several values, the second matches', SUB, [MISS, HIT], 'allowed', VALUES],
  ['StringEquals', 'several values, none matches', SUB, [MISS, 'x'], 'denied', VALUES],
  ['StringEquals', 'wildcards are plain characters', SUB, 'system:serviceaccount:shop:*', 'denied', OPERATORS],
  ['StringEquals', 'case counts', SUB, HIT.toUpperCase(), 'denied', OPERATORS],
  ['StringEquals', 'no-break space at the end', SUB, `${HIT}\u00a0`, 'denied', OPERATORS],
  ['StringEquals', 'empty list', SUB, [], 'denied', VALUES],
  ['StringNotEquals', 'match', SUB, HIT, 'denied', OPERATORS],
  ['StringNotEquals', 'mismatch', SUB, MISS, 'allowed', OPERATORS],
  ['StringNotEquals', 'missing key', MISSING, HIT, 'allowed', ABSENT],
  ['StringNotEquals', 'several values: NOR', SUB, [MISS, HIT], 'denied', VALUES],
  ['StringNotEquals', 'several values, none matches', SUB, [MISS, 'x'], 'allowed', VALUES],
  ['StringNotEquals', 'wildcards are plain characters', SUB, '*', 'allowed', OPERATORS],
  ['StringNotEquals', 'case counts', SUB, HIT.toUpperCase(), 'allowed', OPERATORS],
  ['StringEqualsIgnoreCase', 'match', SUB, HIT, 'allowed', OPERATORS],
  ['StringEqualsIgnoreCase', 'mismatch', SUB, MISS, 'denied', OPERATORS],
  ['StringEqualsIgnoreCase', 'missing key', MISSING, HIT, 'denied', ABSENT],
  ['StringEqualsIgnoreCase', 'several values', SUB, [MISS, HIT], 'allowed', VALUES],
  ['StringEqualsIgnoreCase', 'wildcards are plain characters', SUB, '*', 'denied', OPERATORS],
  ['StringEqualsIgnoreCase', 'case does not count', SUB, HIT.toUpperCase(), 'allowed', OPERATORS],
  ['StringNotEqualsIgnoreCase', 'match', SUB, HIT, 'denied', OPERATORS],
  ['StringNotEqualsIgnoreCase', 'mismatch', SUB, MISS, 'allowed', OPERATORS],
  ['StringNotEqualsIgnoreCase', 'missing key', MISSING, HIT, 'allowed', ABSENT],
  ['StringNotEqualsIgnoreCase', 'several values: NOR', SUB, [MISS, HIT], 'denied', VALUES],
  ['StringNotEqualsIgnoreCase', 'wildcards are plain characters', SUB, '*', 'allowed', OPERATORS],
  ['StringNotEqualsIgnoreCase', 'case does not count', SUB, HIT.toUpperCase(), 'denied', OPERATORS],
  ['StringLike', 'match', SUB, HIT, 'allowed', OPERATORS],
  ['StringLike', 'mismatch', SUB, MISS, 'denied', OPERATORS],
  ['StringLike', 'missing key, even under *', MISSING, '*', 'denied', ABSENT],
  ['StringLike', 'several values', SUB, ['x*', '*:checkout'], 'allowed', VALUES],
  ['StringLike', '* runs across colons', SUB, 'system:*checkout', 'allowed', OPERATORS],
  ['StringLike', '* may be empty', SUB, `${HIT}*`, 'allowed', OPERATORS],
  ['StringLike', '? is one character', SUB, 'system:serviceaccount:sh?p:checkout', 'allowed', OPERATORS],
  ['StringLike', '? is never none', SUB, `${HIT}?`, 'denied', OPERATORS],
  ['StringLike', 'the whole value has to match', SUB, 'serviceaccount', 'denied', OPERATORS],
  ['StringLike', 'case counts', SUB, 'SYSTEM:*', 'denied', OPERATORS],
  ['StringNotLike', 'match', SUB, 'system:*', 'denied', OPERATORS],
  ['StringNotLike', 'mismatch', SUB, 'other:*', 'allowed', OPERATORS],
  ['StringNotLike', 'missing key', MISSING, '*', 'allowed', ABSENT],
  ['StringNotLike', 'several values: NOR', SUB, ['x*', '*:checkout'], 'denied', VALUES],
  ['StringNotLike', 'case counts', SUB, 'SYSTEM:*', 'allowed', OPERATORS],
  ['StringEqualsIfExists', 'match', SUB, HIT, 'allowed', IF_EXISTS],
  ['StringEqualsIfExists', 'mismatch', SUB, MISS, 'denied', IF_EXISTS],
  ['StringEqualsIfExists', 'missing key', MISSING, HIT, 'allowed', IF_EXISTS],
  ['StringNotLikeIfExists', 'missing key', MISSING, '*', 'allowed', IF_EXISTS],
  ['StringLikeIfExists', 'missing key, empty list', MISSING, [], 'allowed', IF_EXISTS],
  ['ForAllValues:StringEquals', 'match', SUB, HIT, 'allowed', SETS],
  ['ForAllValues:StringEquals', 'mismatch', SUB, MISS, 'denied', SETS],
  ['ForAllValues:StringEquals', 'missing key', MISSING, HIT, 'allowed', SETS],
  ['ForAllValues:StringNotEquals', 'missing key', MISSING, HIT, 'allowed', SETS],
  ['ForAllValues:StringNotEquals', 'match', SUB, HIT, 'denied', SETS],
  ['ForAllValues:StringLikeIfExists', 'missing key', MISSING, HIT, 'allowed', SETS],
  ['ForAnyValue:StringEquals', 'match', AUD, ['x', 'sts.amazonaws.com'], 'allowed', SETS],
  ['ForAnyValue:StringEquals', 'mismatch', SUB, MISS, 'denied', SETS],
  ['ForAnyValue:StringEquals', 'missing key', MISSING, HIT, 'denied', SETS],
  ['ForAnyValue:StringNotEquals', 'missing key', MISSING, HIT, 'denied', SETS],
  ['ForAnyValue:StringLike', 'match', SUB, 'system:*', 'allowed', SETS],
  ['stringlike', 'operator names have no case', SUB, 'system:*', 'allowed', 'observed: a public simulator'],
  ['foranyvalue:STRINGEQUALSIFEXISTS', 'nor have prefix and suffix', SUB, HIT, 'allowed', 'observed: a public simulator'],
  ['StringMatches', 'unknown operator', SUB, HIT, 'denied', 'observed: refused at write, never matches'],
  ['Everything:StringEquals', 'unknown prefix', SUB, HIT, 'denied', 'observed: refused at write, never matches'],
  ['NullIfExists', 'unknown operator', SUB, 'false', 'denied', IF_EXISTS],
];

describe('string operators', () => {
  it.each(rows)('%s, %s: %s %j is %s (%s)', (operator, _what, key, values, verdict) => {
    expect(verdictOn({ [operator]: { [key]: values } })).toBe(verdict);
  });

  it.each(rows.filter(([, , , values]) => values.length > 0))('%s, %s, in a list of twenty', (operator, _what, key, values, verdict) => {
    const others = Array.from({ length: 18 }, (_, at) => `other-${at}`);
    const of = [values].flat();
    expect(verdictOn({ [operator]: { [key]: [...others, ...of] } })).toBe(verdict);
    expect(verdictOn({ [operator]: { [key]: [...of, ...others] } })).toBe(verdict);
  });

  it('fills variables in a long list in', () => {
    const list = [...Array.from({ length: 18 }, (_, at) => `other-${at}`), `\${${SUB}}`];
    expect(verdictOn({ StringEquals: { [SUB]: list } })).toBe('allowed');
    expect(verdictOn({ StringEquals: { [SUB]: list } }, {}, '2008-10-17')).toBe('denied');
    expect(verdictOn({ StringNotEquals: { [SUB]: list } })).toBe('denied');
  });

  it('leaves to doubt what no documentation decides', () => {
    expect(verdictOn({ StringNotEquals: { [SUB]: [] } })).toBe('undecided');
    expect(verdictOn({ 'ForAnyValue:StringEqualsIfExists': { [MISSING]: 'x' } })).toBe('undecided');
  });

  it('reads condition keys without case', () => {
    expect(verdictOn({ StringEquals: { [SUB.toUpperCase()]: HIT } })).toBe('allowed');
  });
});
