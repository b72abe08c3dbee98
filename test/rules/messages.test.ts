import { describe, expect, it } from '@jest/globals';
import { runRules } from '../../src/engine/run/run-rules.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Messages, Raised } from '../../src/rules/contract/define-rule.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';

const messages = {
  missing: ({ cluster, count }: { cluster: string; count: number }) => `Cluster ${cluster} has ${count} associations.`,
  near: ({ cluster, near }: { cluster: string; near: string }) => `Cluster ${cluster} has ${near}.`,
} satisfies Messages;

/** `tsc` fails where a line below compiles that is expected not to: `npm run check types`. Each test shows what would be told. */
describe('the compiler refuses', () => {
  it('a key that is misspelt', () => {
    // @ts-expect-error there is no sentence `mising`
    expect(messages.mising).toBeUndefined();
  });

  it('a datum that is missing', () => {
    // @ts-expect-error `count` is missing
    expect(messages.missing({ cluster: 'prod' })).toBe('Cluster prod has undefined associations.');
  });

  it('a datum under a misspelt name', () => {
    // @ts-expect-error `clustre` is no datum of the sentence
    expect(messages.missing({ clustre: 'prod', count: 3 })).toBe('Cluster undefined has 3 associations.');
  });

  it('a datum of another type', () => {
    // @ts-expect-error `count` is a number
    expect(messages.missing({ cluster: 'prod', count: ['a', 'b'] })).toBe('Cluster prod has a,b associations.');
  });

  it.each(['missing', 'near'] as const)('data that do not suit each sentence of a choice, such as %s', (key) => {
    // @ts-expect-error `near` is missing for one of the two
    expect(messages[key]({ cluster: 'prod', count: 3 })).toContain(key === 'near' ? 'undefined' : '3');
  });

  it('a bare key in the place of a sentence', () => {
    // @ts-expect-error a sentence ends in a full stop
    const message: Raised['message'] = 'missing';
    expect(message).not.toMatch(/\.$/);
  });

  it('a sentence that does not end', () => {
    const endless = {
      // @ts-expect-error a sentence ends in a full stop
      missing: ({ cluster }: { cluster: string }) => `Cluster ${cluster} has none`,
    } satisfies Messages;
    expect(endless.missing({ cluster: 'prod' })).not.toMatch(/\.$/);
  });
});

describe('what is raised in all cases', () => {
  const raised = CASES.flatMap(({ name, inventory }) =>
    runRules(RULES, deriveFacts(inventory)).sightings.map(({ rule, raised: { message, error = rule.error } }) => ({
      message,
      error,
      from: `${rule.id} (${name})`,
    })),
  );

  it('is told in sentences that end once, and hold no value that is none', () => {
    expect(raised.filter(({ message }) => !/[^.]\.$/.test(message) || /\b(undefined|null|NaN)\b|\[object /.test(message))).toEqual([]);
  });

  it('quotes errors that have their data', () => {
    expect(raised.filter(({ error }) => error !== null && /[{}]|undefined/.test(error))).toEqual([]);
  });
});
