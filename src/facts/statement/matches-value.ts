import { isPlainText, patternOf } from '../../policy/language/condition-operators.js';
import { isExclusion, isPositive } from './condition-semantics.js';
import type { Condition } from './web-identity.js';

/** Whether one of a condition's values equals or matches a value of its claim; a negated operator is read as its positive form. */
export function takesValue({ operator, entry }: Pick<Condition, 'operator' | 'entry'>, actual: string): boolean {
  if (operator === null) return false;
  // Text matches itself under every operator for strings, wildcards or not; and plain text nothing else.
  if (operator.family === 'string' && entry.values.some(({ value }) => value === actual)) return true;
  return entry.values.some(({ value }) => !isPlainText(operator, value) && operator.compare(actual, patternOf(operator, value)) === 'yes');
}

/** Whether a value meets a condition that picks values out, or is none of those that it leaves out; others leave it alone. */
export const isMetBy = (condition: Condition, value: string): boolean =>
  isPositive(condition) ? takesValue(condition, value) : !isExclusion(condition) || !takesValue(condition, value);
