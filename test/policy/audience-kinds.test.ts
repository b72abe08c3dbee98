import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import { audienceKinds } from '../../src/policy/language/audience-kinds.js';
import { evaluateParsed, urlOfProvider } from '../../src/policy/language/evaluate.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { Steps } from '../../src/policy/pattern/steps.js';
import { runs, samples } from './arbitrary-policy.js';
import { AUD, policy, statement, SUB, URL } from './request.js';

const AUDIENCES = ['sts.amazonaws.com', 'a', 'b', 'c', 'A'];
const kindsFor = (conditions: readonly Json[], steps = new Steps()): readonly string[] =>
  audienceKinds(parseTrustPolicy(policy(conditions.map((one) => statement(one)))), URL, AUDIENCES, steps);

describe('audiences that a policy tells apart', () => {
  it.each<[string, Json[], string[]]>([
    ['none where it does not speak of them', [{ StringLike: { [SUB]: '*' } }], ['sts.amazonaws.com']],
    ['those that it lists', [{ StringEquals: { [AUD]: ['a', 'b'] } }], ['sts.amazonaws.com', 'a']],
    [
      'those of which one is in another list too',
      [{ StringEquals: { [AUD]: ['a', 'b'] } }, { StringEquals: { [AUD]: 'b' } }],
      ['sts.amazonaws.com', 'a', 'b'],
    ],
    ['those that a pattern takes', [{ StringLike: { [AUD]: ['?', 'x*'] } }], ['sts.amazonaws.com', 'a']],
    ['those that are the same without case', [{ StringEqualsIgnoreCase: { [AUD]: ['a'] } }], ['sts.amazonaws.com', 'a']],
    ['those under the other name of the claim', [{ StringNotEquals: { [`${URL}:oaud`]: 'c' } }], ['sts.amazonaws.com', 'c']],
    ['all where one is compared with a variable', [{ StringEquals: { [AUD]: `\${${SUB}}` } }], AUDIENCES],
    ['all where a variable stands for them', [{ StringEquals: { [SUB]: `\${${AUD}}` } }], AUDIENCES],
  ])('%s', (_, conditions, expected) => {
    expect(kindsFor(conditions)).toEqual(expected);
  });

  it('ends with the steps, with the first alone', () => {
    const steps = new Steps(3);
    expect(kindsFor([{ StringLike: { [AUD]: ['?', 'x*'] } }], steps)).toEqual(['sts.amazonaws.com']);
    expect(steps.ended).toBe(true);
  });

  it('are the only ones for which it decides otherwise', () => {
    fc.assert(
      fc.property(samples, ({ document, request, subjects }) => {
        const parsed = parseTrustPolicy(document);
        const url = urlOfProvider(request.providerArn) ?? URL;
        const audiences = ['sts.amazonaws.com', ...subjects, 'a', 'b', 'ab', 'B', '10', ''];
        const verdictOf = (audience: string): string =>
          subjects.map((subject) => evaluateParsed(parsed, { ...request, audience, subject }).verdict).join();
        const kinds = new Set(audienceKinds(parsed, url, audiences, new Steps()).map(verdictOf));
        return audiences.every((audience) => kinds.has(verdictOf(audience)));
      }),
      runs(0.05),
    );
  });
});
