import fc from 'fast-check';
import { evaluateParsed, evaluateTrust } from '../src/policy/evaluate.js';
import { explainVerdict } from '../src/policy/explain.js';
import { parseTrustPolicy } from '../src/policy/parse.js';
import { admissionOf, contradictions } from '../src/policy/subject-questions.js';
import { membership, someMember, subjectSet } from '../src/policy/subject-set.js';
import { hostile, samples } from '../test/policy/arbitrary-policy.js';
import { REQUEST } from '../test/policy/request.js';
import { secondOpinion } from '../test/policy/second-evaluator.js';

/**
 * The properties of the tests without a fixed seed, for as long as one likes: npm run fuzz [-- SECONDS [SEED]].
 * Prints the seed first; ends with 1 and the smallest counterexample when two parts of the engine disagree.
 */
const ANSWER = { allowed: 'yes', denied: 'no', undecided: 'undecided' } as const;

const PROPERTIES: Readonly<Record<string, fc.IProperty<unknown>>> = {
  'the evaluator agrees with the second one': fc.property(
    samples,
    ({ document, request }) => evaluateTrust(document, request).verdict === secondOpinion(document, request),
  ),
  'membership of a set agrees with the evaluator': fc.property(samples, ({ document, request, subjects }) => {
    const policy = parseTrustPolicy(document);
    const set = subjectSet(policy, request);
    return subjects.every((subject) => membership(set, subject) === ANSWER[evaluateParsed(policy, { ...request, subject }).verdict]);
  }),
  'who is said to be in a set gets in': fc.property(samples, ({ document, request }) => {
    const policy = parseTrustPolicy(document);
    const witness = someMember(subjectSet(policy, request));
    return witness.kind !== 'found' || evaluateParsed(policy, { ...request, subject: witness.subject }).verdict !== 'denied';
  }),
  'no document makes anything throw': fc.property(hostile, fc.string({ unit: 'binary' }), (document, text) => {
    explainVerdict(evaluateTrust(document, { ...REQUEST, subject: text }));
    const set = subjectSet(parseTrustPolicy(document), REQUEST);
    admissionOf(set);
    contradictions(set);
  }),
};

const [seconds = 60, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
if (!(seconds > 0) || !Number.isInteger(seed))
  throw new RangeError('npm run fuzz [-- SECONDS [SEED]], SECONDS above 0, SEED a whole number');
console.log(`seed ${seed}, ${seconds} s`);
const each = (seconds * 1000) / Object.keys(PROPERTIES).length;
for (const [name, property] of Object.entries(PROPERTIES)) {
  const details = fc.check(property, { seed, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: each });
  console.log(`${details.failed ? 'FAILED' : 'held'} ${details.numRuns} times: ${name}`);
  if (details.failed) {
    console.log(fc.defaultReportMessage(details));
    process.exitCode = 1;
  }
}
