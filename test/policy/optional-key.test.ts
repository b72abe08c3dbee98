import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { evaluateCondition } from '../../src/policy/language/evaluate-condition.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { policy, statement } from './request.js';

const KEY = 'sts:ExternalId';

/** What a condition comes to where the call has the value `own`, or lacks the key. */
function outcome(operator: string, values: Json, effect: 'Allow' | 'Deny' = 'Allow'): string {
  const [only] = parseTrustPolicy(policy([statement({ [operator]: { [KEY]: values } }, { Effect: effect })])).statements;
  const entry = only?.conditions[0];
  if (entry === undefined) throw new Error('the statement has no condition');
  return evaluateCondition(entry, true, (key) => (key === KEY ? { state: 'optional', value: 'own' } : { state: 'unknowable' }), effect)
    .outcome;
}

describe('a key that has one value, or is not there', () => {
  it.each<[string, Json, string]>([
    ['StringEquals', 'own', 'undecided'],
    ['StringEquals', 'another', 'no'],
    ['StringLike', 'o*', 'undecided'],
    ['StringLike', 'a*', 'no'],
    ['StringEqualsIfExists', 'own', 'yes'],
    ['StringEqualsIfExists', 'another', 'undecided'],
    ['StringNotEquals', 'another', 'yes'],
    ['StringNotEquals', 'own', 'undecided'],
    ['ForAllValues:StringEquals', 'own', 'yes'],
    ['ForAnyValue:StringEquals', 'another', 'no'],
    ['Null', 'true', 'undecided'],
    ['Null', ['true', 'false'], 'yes'],
    ['StringSame', 'own', 'no'],
  ])('%s %j: %s', (operator, values, expected) => {
    expect([outcome(operator, values), outcome(operator, values, 'Deny')]).toEqual([expected, expected]);
  });
});
