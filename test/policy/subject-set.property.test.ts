import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findWitness, inClause } from '../../src/policy/subjects/clause-witness.js';
import { evaluateParsed } from '../../src/policy/language/evaluate.js';
import { globMatcher } from '../../src/policy/pattern/glob.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { admissionOf } from '../../src/policy/subjects/subject-questions.js';
import { membership, subjectSet } from '../../src/policy/subjects/subject-set.js';
import { runs, samples } from './arbitrary-policy.js';

const ANSWER = { allowed: 'yes', denied: 'no', undecided: 'undecided' } as const;

describe('subject sets agree with the evaluator', () => {
  it('on every subject, clause by clause', () => {
    fc.assert(
      fc.property(samples, ({ document, request, subjects }) => {
        const policy = parseTrustPolicy(document);
        const set = subjectSet(policy, request);
        for (const subject of subjects) {
          const { verdict } = evaluateParsed(policy, { ...request, subject });
          const definite = set.definite.some((clause) => inClause(clause, subject));
          const possible = set.possible.some((clause) => inClause(clause, subject));
          if (definite && verdict !== 'allowed') return false;
          if (!possible && verdict !== 'denied') return false;
          if (!set.opaque && definite !== (verdict === 'allowed')) return false;
          if (!set.opaque && possible !== (verdict !== 'denied')) return false;
          if (membership(set, subject) !== ANSWER[verdict]) return false;
        }
        return true;
      }),
      runs(0.5),
    );
  });

  it('on whom everybody leaves out', () => {
    let left = 0;
    fc.assert(
      fc.property(samples, ({ document, request, subjects }) => {
        const policy = parseTrustPolicy(document);
        const who = admissionOf(subjectSet(policy, request));
        if (who.kind !== 'everybody') return true;
        const isExcepted = (subject: string): boolean =>
          (who.except ?? []).some((text) => text.split(' and ').every((one) => globMatcher(one.toLowerCase())(subject.toLowerCase())));
        return subjects
          .filter((subject) => /^system:serviceaccount:[^:]+:[^:]+$/.test(subject))
          .every((subject) => {
            const isDenied = evaluateParsed(policy, { ...request, subject }).verdict === 'denied';
            left += Number(isDenied);
            return !isDenied || isExcepted(subject);
          });
      }),
      runs(0.2),
    );
    expect(left).toBeGreaterThan(0);
  });

  it('on whether anybody is in a clause', () => {
    let decided = 0;
    let undecided = 0;
    fc.assert(
      fc.property(samples, ({ document, request, subjects }) => {
        const set = subjectSet(parseTrustPolicy(document), request);
        for (const clause of [...set.definite, ...set.possible]) {
          const witness = findWitness(clause);
          if (witness.kind === 'found' && !inClause(clause, witness.subject)) return false;
          if (witness.kind === 'empty' && subjects.some((subject) => inClause(clause, subject))) return false;
          if (witness.kind === 'undecided') undecided += 1;
          else decided += 1;
        }
        return true;
      }),
      runs(0.1),
    );
    expect(undecided).toBe(0);
    expect(decided).toBeGreaterThan(0);
  });
});
