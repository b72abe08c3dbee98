import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import { evaluateParsed } from '../../src/policy/language/evaluate.js';
import { globMatcher } from '../../src/policy/pattern/glob.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { gainedBy, surerBy, type Gained } from '../../src/policy/subjects/subject-difference.js';
import { Steps } from '../../src/policy/pattern/steps.js';
import { runs, samples } from './arbitrary-policy.js';
import { policy, REQUEST, statement, SUB, SUBJECT, URL } from './request.js';

const coversIn =
  (gained: readonly Gained[]) =>
  (subject: string): boolean =>
    gained.some((one) => one.subject === '*' || one.subject === subject || globMatcher(one.subject.toLowerCase())(subject.toLowerCase()));

/** Of two made-up policies, what was found takes in everybody of whom the evaluator says this before and after. */
function expectAll(findBy: typeof gainedBy, isMeant: (before: string, after: string) => boolean): void {
  let asked = 0;
  fc.assert(
    fc.property(samples, samples, ({ document, request, subjects }, other) => {
      const [before, after] = [parseTrustPolicy(document), parseTrustPolicy(other.document)];
      const covers = coversIn(findBy({ policy: after, door: request }, { policy: before, door: request }, new Steps()));
      for (const subject of [...subjects, ...other.subjects]) {
        const verdictBy = (policy: typeof before): string => evaluateParsed(policy, { ...request, subject }).verdict;
        if (!isMeant(verdictBy(before), verdictBy(after))) continue;
        asked += 1;
        if (!covers(subject)) return false;
      }
      return true;
    }),
    runs(0.2),
  );
  expect(asked).toBeGreaterThan(0);
}

describe('who is gained by another policy', () => {
  it('takes in everybody who is denied before and not after, by the evaluator', () => {
    expectAll(gainedBy, (before, after) => before === 'denied' && after !== 'denied');
  });

  it('are all whom one key in two spellings may let in', () => {
    const other = 'system:serviceaccount:shop:billing';
    const two = { StringEquals: { [SUB]: SUBJECT, [`${URL}:SUB`]: other } };
    const source = (statements: Json[]) => ({ policy: parseTrustPolicy(policy(statements)), door: REQUEST });
    const covers = coversIn(gainedBy(source([statement(two)]), source([]), new Steps()));
    expect([SUBJECT, other].map(covers)).toEqual([true, true]);
  });

  it.each<[string, Json, readonly Gained[]]>([
    ['a name', { StringEquals: { [SUB]: SUBJECT } }, [{ subject: SUBJECT, isPattern: false, isUndecided: false }]],
    ['a name under StringLike', { StringLike: { [SUB]: SUBJECT } }, [{ subject: SUBJECT, isPattern: false, isUndecided: false }]],
    [
      'a name among patterns',
      { StringLike: { [SUB]: ['system:serviceaccount:shop:*', 'system:serviceaccount:shop:a'] } },
      [
        { subject: 'system:serviceaccount:shop:*', isPattern: true, isUndecided: false },
        { subject: 'system:serviceaccount:shop:a', isPattern: false, isUndecided: false },
      ],
    ],
    ['a pattern', { StringLike: { [SUB]: `${SUBJECT}-?` } }, [{ subject: `${SUBJECT}-?`, isPattern: true, isUndecided: false }]],
    ['no limit', {}, [{ subject: '*', isPattern: true, isUndecided: false }]],
  ])('are told as the policy writes them: %s', (_, condition, expected) => {
    const source = (statements: Json[]) => ({ policy: parseTrustPolicy(policy(statements)), door: REQUEST });
    const gained = gainedBy(source([statement(condition)]), source([]), new Steps());
    // Somebody may be found twice, in no order.
    expect(gained).toEqual(expect.arrayContaining([...expected]));
    expect(expected).toEqual(expect.arrayContaining([...gained]));
  });

  it('is nobody where both policies say the same', () => {
    fc.assert(
      fc.property(samples, ({ document, request }) => {
        const both = { policy: parseTrustPolicy(document), door: request };
        return gainedBy(both, both, new Steps()).length === 0;
      }),
      runs(0.05),
    );
  });
});

describe('who is surer by another policy', () => {
  it('takes in everybody of whom it was undecided before and is certain after', () => {
    expectAll(surerBy, (before, after) => before === 'undecided' && after === 'allowed');
  });

  const source = (...conditions: Json[]) => ({ policy: parseTrustPolicy(policy(conditions.map((one) => statement(one)))), door: REQUEST });
  const UNDECIDED = { StringEquals: { [SUB]: SUBJECT }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };

  it.each<[string, Json[], Json[], readonly string[]]>([
    ['a condition that nobody can judge is gone', [{ StringEquals: { [SUB]: SUBJECT } }], [UNDECIDED], [SUBJECT]],
    ['all were certain before', [{ StringEquals: { [SUB]: SUBJECT } }], [{ StringEquals: { [SUB]: SUBJECT } }], []],
    ['it is as undecided after', [UNDECIDED], [UNDECIDED], []],
    ['somebody else is certain', [{ StringEquals: { [SUB]: `${SUBJECT}-other` } }], [UNDECIDED], []],
  ])('%s', (_, after, before, expected) => {
    const found = surerBy(source(...after), source(...before), new Steps());
    expect(found.map(({ subject }) => subject)).toEqual(expected);
    expect(found.every(({ isUndecided }) => isUndecided)).toBe(true);
  });
});
