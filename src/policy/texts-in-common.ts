import { findWitness } from './clause-witness.js';
import { patternOf, type Operator } from './condition-operators.js';
import type { ConditionEntry } from './parse.js';
import { Steps, withinSteps } from './steps.js';
import { subjectPattern } from './subject-pattern.js';
import { clausesOf } from './subject-set.js';

/** A condition that compares text, without variables. */
interface Comparison {
  readonly operator: Operator | null;
  readonly entry: ConditionEntry;
}

/** Whether some text meets conditions on one claim together, or it cannot be told that none does. */
export function canHoldTogether(conditions: readonly Comparison[]): boolean {
  const steps = new Steps();
  const patterns = conditions.flatMap(({ operator, entry }) =>
    operator === null
      ? []
      : [
          {
            negated: operator.negated,
            path: entry.path,
            patterns: entry.values.map(({ value, path }) => subjectPattern(patternOf(operator, value), operator.ignoreCase, path)),
          },
        ],
  );
  const of = (negated: boolean): typeof patterns => patterns.filter((one) => one.negated === negated);
  const clauses = withinSteps(() => clausesOf({ anyOf: of(false), noneOf: of(true) }, steps));
  return clauses === null || clauses.some((clause) => findWitness(clause, steps).kind !== 'empty');
}
