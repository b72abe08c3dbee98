import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { explainVerdict } from '../../src/policy/language/explain.js';
import { parseConditionKey } from '../../src/policy/language/condition-key.js';
import { parseFederated } from '../../src/policy/language/federated.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { subjectSet, someMember } from '../../src/policy/subjects/subject-set.js';
import { admissionOf, contradictions } from '../../src/policy/subjects/subject-questions.js';
import { hostile, runs, samples } from './arbitrary-policy.js';
import { ARN, REQUEST, policy, statement } from './request.js';
import { secondOpinion } from './second-evaluator.js';

describe('evaluateTrust', () => {
  it('agrees with an evaluator that was written apart from it', () => {
    fc.assert(
      fc.property(samples, ({ document, request }) => {
        expect(evaluateTrust(document, request).verdict).toBe(secondOpinion(document, request));
      }),
      runs(0.4),
    );
  });

  it('has an answer to every document, whatever it holds, and says why', () => {
    fc.assert(
      fc.property(hostile, fc.string({ unit: 'binary' }), (document, text) => {
        const verdict = evaluateTrust(document, { ...REQUEST, subject: text, audience: text });
        expect(explainVerdict(verdict).join('')).not.toMatch(/\n/);
        const set = subjectSet(parseTrustPolicy(document), REQUEST);
        someMember(set);
        admissionOf(set);
        contradictions(set);
        parseFederated(text);
        parseConditionKey(text);
        evaluateTrust(policy([statement({ StringLike: { [text]: text } }, { Principal: { Federated: [ARN, text] } })]), {
          ...REQUEST,
          issuer: text,
          providerArn: text,
        });
      }),
      runs(0.05),
    );
  });

  it('counts the verdicts it was compared on: none is rare', () => {
    const count = { allowed: 0, denied: 0, undecided: 0 };
    for (const { document, request } of fc.sample(samples, { numRuns: 1000, seed: 7 }))
      count[evaluateTrust(document, request).verdict] += 1;
    expect(Math.min(count.allowed, count.denied, count.undecided)).toBeGreaterThan(100);
  });
});
