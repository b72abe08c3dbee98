import fc from 'fast-check';
import { evaluateParsed, evaluateTrust } from '../src/policy/language/evaluate.js';
import { explainVerdict } from '../src/policy/language/explain.js';
import { parseTrustPolicy } from '../src/policy/language/parse.js';
import { admissionOf, contradictions } from '../src/policy/subjects/subject-questions.js';
import { membership, someMember, subjectSet } from '../src/policy/subjects/subject-set.js';
import { inventoryOfCase } from '../test/cases/inventory-of-case.js';
import { opened, strangersAreTold, unexplained, untold } from '../test/engine/invariants.js';
import { losing } from '../test/engine/invariants-together.js';
import { made } from '../test/engine/made-up-shared.js';
import { together } from '../test/engine/made-up-together.js';
import { trusts } from '../test/engine/made-up-trusts.js';
import { hostile, samples } from '../test/policy/arbitrary-policy.js';
import { REQUEST } from '../test/policy/request.js';
import { secondOpinion } from '../test/policy/second-evaluator.js';

/**
 * The properties of the tests without a fixed seed, for as long as one likes: npm run fuzz [-- SECONDS [SEED [WORD]]], of those alone
 * whose names hold a word. Prints the seed first; ends with 1 and the smallest counterexample where one does not hold.
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
  'who is said to be in a set is allowed': fc.property(samples, ({ document, request }) => {
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
  'of an account: a role that nobody can assume by who is told as a break': fc.property(
    trusts,
    (given) => untold(inventoryOfCase(given)).length === 0,
  ),
  'of an account: who says why nobody can assume a role': fc.property(trusts, (given) => unexplained(inventoryOfCase(given)).length === 0),
  'of an account: a stranger who is allowed is told, and nothing worse for certain': fc.property(made, strangersAreTold),
  'of an account: a ready command opens a role to nobody of whom it does not tell': fc.property(made, (one) => opened(one).length === 0),
  'of an account: by a repair of a statement for several no other loses': fc.property(together, (one) => losing(one).length === 0),
};

const [seconds = 60, seed = Date.now() % 2 ** 31] = process.argv.slice(2, 4).map(Number);
const word = process.argv[4] ?? '';
const chosen = Object.entries(PROPERTIES).filter(([name]) => name.includes(word));
if (!(seconds > 0) || !Number.isInteger(seed) || chosen.length === 0)
  throw new RangeError(
    'npm run fuzz [-- SECONDS [SEED [WORD]]], SECONDS above 0, SEED a whole number, WORD part of the name of a property',
  );
console.log(`seed ${seed}, ${seconds} s`);
const each = (seconds * 1000) / chosen.length;
for (const [name, property] of chosen) {
  const details = fc.check(property, { seed, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: each });
  console.log(`${details.failed ? 'FAILED' : 'held'} ${details.numRuns} times: ${name}`);
  if (details.failed) {
    console.log(fc.defaultReportMessage(details));
    process.exitCode = 1;
  }
}
