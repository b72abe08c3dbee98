import { describe, expect, it } from '@jest/globals';
import { worstPolicies } from '../../bench/worst-policies.js';
import { admissionsOf } from '../../src/engine/admissions.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { evaluateParsed } from '../../src/policy/language/evaluate.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { policyLength } from '../../src/policy/edit/repair.js';
import { Steps, StepsEnded, STEPS_OF_A_ROLE, withinSteps } from '../../src/policy/pattern/steps.js';
import { admissionOf, contradictions, tooInvolved } from '../../src/policy/subjects/subject-questions.js';
import { membership, sizeOf, subjectSet, type SubjectSet } from '../../src/policy/subjects/subject-set.js';
import { renderAdmissions } from '../../src/report/screens/admissions.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { policy, REQUEST, requestOf, statement, SUB, URL } from './request.js';

const SHORT = 'o.example';
const DOORS = [REQUEST, requestOf(SHORT, 'a')];
const worst = (length: number): Record<string, Json> =>
  worstPolicies(length, { partition: 'aws', account: '210987654321', eks: URL, short: SHORT });
const prefix = 'system:serviceaccount:';

const setOf = (condition: Json, steps?: Steps): SubjectSet => subjectSet(parseTrustPolicy(policy([statement(condition)])), REQUEST, steps);

describe('steps', () => {
  it('end where more are wanted than there are, and stay ended', () => {
    const steps = new Steps(10);
    steps.take(4);
    expect([steps.spent, steps.ended]).toEqual([4, false]);
    expect(() => steps.take(7)).toThrow(StepsEnded);
    expect(() => steps.take(0)).toThrow(StepsEnded);
    expect(steps.ended).toBe(true);
    expect(withinSteps(() => steps.take(1))).toBeNull();
  });

  it('are all there are, to the last', () => {
    const steps = new Steps(10);
    steps.take(4);
    steps.take(6);
    expect([steps.spent, steps.ended]).toEqual([10, false]);
    steps.take(0);
    expect(() => steps.take(1)).toThrow(StepsEnded);
    expect([steps.spent, steps.ended]).toEqual([Number.POSITIVE_INFINITY, true]);
  });

  it('of a role are two million', () => {
    const steps = new Steps();
    steps.take(2_000_000);
    expect(() => steps.take(1)).toThrow('the policy is too involved to be decided within its steps');
  });

  it('hide no other error', () => {
    expect(() =>
      withinSteps(() => {
        throw new RangeError('another');
      }),
    ).toThrow(RangeError);
  });
});

describe.each([2_048, 8_192])('the worst policies of %i characters', (length) => {
  const policies = Object.entries(worst(length));

  it.each(policies)('%s is as long as that and no longer', (_, document) => {
    expect(policyLength(document)).toBeLessThanOrEqual(length);
    expect(policyLength(document)).toBeGreaterThan(length * 0.8);
  });

  it.each(policies)('%s is decided within the steps of a role, or told to be too involved', (_, document) => {
    const parsed = parseTrustPolicy(document);
    for (const door of DOORS) {
      const steps = new Steps();
      const set = subjectSet(parsed, door, steps);
      const admission = admissionOf(set);
      const involved = tooInvolved(set);
      if (admission.kind === 'nobody') contradictions(set);
      expect(steps.ended || steps.spent <= STEPS_OF_A_ROLE).toBe(true);
      expect(sizeOf(set)).toBeLessThanOrEqual(STEPS_OF_A_ROLE);
      if (involved && admission.kind !== 'nobody' && admission.kind !== 'everybody')
        expect(admission).toEqual({ kind: 'undecided', limit: 'steps' });
    }
  });

  it.each(policies)('%s has in its set whom the evaluator lets in', (_, document) => {
    const parsed = parseTrustPolicy(document);
    const subjects = ['', 'a', 'b', 'z', 'aab', 'abz1', 'ABCDEFGHIJKLMNOP', `${prefix}a:app`, `${prefix}team_1:App-1`, 'a'.repeat(300)];
    for (const door of DOORS) {
      const set = subjectSet(parsed, door);
      for (const subject of subjects) {
        const { verdict } = evaluateParsed(parsed, { ...door, subject });
        expect([subject, membership(set, subject)]).toEqual([
          subject,
          verdict === 'allowed' ? 'yes' : verdict === 'denied' ? 'no' : verdict,
        ]);
      }
    }
  });
});

describe('a pattern for which no subject is long enough', () => {
  const longest = `${prefix}${'n'.repeat(63)}:${'a'.repeat(253)}`;

  it.each<[string, string, string]>([
    ['the longest that Kubernetes allows', longest, 'exactly'],
    ['one character more', `${longest}a`, 'nobody'],
    ['wildcards that add nothing', `${longest}***`, 'patterns'],
    ['a wildcard for one more', `${longest}?`, 'nobody'],
    ['stars and letters of which each has to be there', '*a'.repeat(340), 'nobody'],
  ])('%s', (_, pattern, kind) => expect(admissionOf(setOf({ StringLike: { [SUB]: pattern } })).kind).toBe(kind));

  it('shuts nobody out either, and costs no more than reading it', () => {
    const steps = new Steps();
    expect(admissionOf(setOf({ StringNotLike: { [SUB]: '*a'.repeat(3_000) } }, steps)).kind).toBe('everybody');
    expect(steps.spent).toBeLessThan(7_000);
  });

  it('may be longer for an issuer that is not of EKS', () => {
    const door = requestOf(SHORT, 'a');
    const kindOf = (pattern: string): string => {
      const like = statement({ StringLike: { [`${SHORT}:sub`]: pattern } }, { Principal: { Federated: door.providerArn } });
      return admissionOf(subjectSet(parseTrustPolicy(policy([like])), door)).kind;
    };
    expect([kindOf(`repo:${'a'.repeat(2_043)}`), kindOf(`repo:${'a'.repeat(2_044)}`)]).toEqual(['exactly', 'nobody']);
  });
});

describe('wildcards beside each other', () => {
  it.each(['*'.repeat(4_000), '*?'.repeat(100), '?*'.repeat(100)])('are read as one, %#', (pattern) => {
    const steps = new Steps();
    expect(admissionOf(setOf({ StringLike: { [SUB]: pattern } }, steps)).kind).toBe('everybody');
    expect(steps.spent).toBeLessThan(5_000);
  });

  it('are shown as they are written', () => {
    expect(admissionOf(setOf({ StringLike: { [SUB]: `${prefix}a:**b` } }))).toMatchObject({ patterns: [`${prefix}a:**b`] });
  });
});

describe('one budget for all questions about a role', () => {
  const hard = {
    StringLike: { [SUB]: Array.from({ length: 40 }, (_, at) => `*a????????????a*z${at}`) },
    StringNotLike: { [SUB]: ['*z*', '*b?????b*'] },
  };

  it('leaves the next set undecided where the first has used it up', () => {
    const steps = new Steps();
    expect(admissionOf(setOf(hard, steps))).toEqual({ kind: 'undecided', limit: 'steps' });
    const next = setOf({ StringLike: { [SUB]: `${prefix}a:*` } }, steps);
    expect([next.limit, admissionOf(next)]).toEqual(['steps', { kind: 'undecided', limit: 'steps' }]);
    // One subject is still decided: that takes the time of reading the policy.
    expect([membership(next, `${prefix}a:x`), membership(next, `${prefix}b:x`)]).toEqual(['yes', 'no']);
  });

  it('tells it in who and roles, once for each issuer', () => {
    const inventory = inventoryOfCase({
      clusters: [{ name: 'prod', issuer: `https://${URL}` }],
      providers: [{ arn: REQUEST.providerArn }],
      roles: [{ arn: 'arn:aws:iam::210987654321:role/hard', trustPolicy: policy([statement(hard)]) }],
    });
    const [role] = admissionsOf(inventory).roles;
    expect(role?.entrances.map(({ who }) => who)).toEqual([{ kind: 'undecided', limit: 'steps' }]);
    expect(renderAdmissions(admissionsOf(inventory), { color: false, width: 200 })).toContain('too involved to be decided');
  });
});
