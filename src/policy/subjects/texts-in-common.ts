import { SERVICE_ACCOUNT_PREFIX } from '../language/claims.js';
import { findWitness } from './clause-witness.js';
import { patternOf, type Operator } from '../language/condition-operators.js';
import type { Located } from '../language/parse.js';
import { Steps, withinSteps } from '../pattern/steps.js';
import { subjectPattern, type SubjectPattern } from './subject-pattern.js';
import { clausesOf } from './subject-set.js';

/** A condition that compares text, without variables. */
interface Comparison {
  readonly operator: Operator | null;
  readonly values: readonly Located[];
}

/** A value as a pattern. Kubernetes writes subjects in lower case: what allows one of them without case allows that text alone. */
function patternIn(operator: Operator, { value, path }: Located): SubjectPattern {
  const folded = value.toLowerCase();
  const isSubject = operator.ignoreCase && !operator.negated && folded.startsWith(SERVICE_ACCOUNT_PREFIX);
  return subjectPattern(patternOf(operator, isSubject ? folded : value), operator.ignoreCase && !isSubject, path);
}

/** Whether some text meets conditions on one claim together, or it cannot be told that none does. */
export function canHoldTogether(conditions: readonly Comparison[]): boolean {
  const steps = new Steps();
  const patterns = conditions.flatMap(({ operator, values }) =>
    operator === null
      ? []
      : [
          {
            negated: operator.negated,
            path: '',
            patterns: values.map((one) => patternIn(operator, one)),
          },
        ],
  );
  const openIn = (one: (typeof patterns)[number]): number => one.patterns.filter(({ literal }) => literal === null).length;
  // Of a single text there is never more than one clause: lists of them come first.
  const of = (negated: boolean): typeof patterns =>
    patterns.filter((one) => one.negated === negated).sort((left, right) => openIn(left) - openIn(right));
  const clauses = withinSteps(() => clausesOf({ anyOf: of(false), noneOf: of(true) }, steps));
  return clauses === null || clauses.some((clause) => findWitness(clause, steps).kind !== 'empty');
}
