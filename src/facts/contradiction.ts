import { memo } from '../lib/memo.js';
import { canBeCarried, isPositive } from './absent-key.js';
import { groupBy } from '../lib/group-by.js';
import { takesValue } from './takes-value.js';
import { conditionsOn, type Condition, type WebIdentityStatement } from './web-identity.js';
import { conditionIdentity } from '../policy/evaluate-condition.js';
import { hasWildcard } from '../policy/glob.js';
import { hasVariable } from '../policy/variables.js';

/** Conditions on one claim that no value meets together. */
export interface Contradiction {
  readonly url: string;
  readonly claim: 'sub' | 'aud';
  readonly conditions: readonly Condition[];
  /**
   * They are one condition but for the case of its key. Whether IAM joins the values of the two, or keeps one of them, is
   * documented nowhere: only as two conditions do they exclude each other.
   */
  readonly byCaseAlone: boolean;
}

const isExact = ({ operator, entry }: Condition): boolean =>
  operator?.wildcards !== true || !entry.values.some(({ value }) => hasWildcard(value));

const meets = (condition: Condition, value: string): boolean => takesValue(condition, value) !== (condition.operator?.negated === true);

/** Whether a condition compares text that is known: no variables, no empty list, no wildcard that means itself. */
function isPlain(condition: Condition): boolean {
  const { operator, entry } = condition;
  const literal = operator?.wildcards !== true && entry.values.some(({ value }) => hasWildcard(value));
  return operator?.family === 'string' && entry.values.length > 0 && !literal && !entry.values.some(({ value }) => hasVariable(value));
}

/** Whether a value meets conditions of which those that differ in case alone are read as one, with the values of all. */
function meetsJoined(conditions: readonly Condition[], value: string): boolean {
  return [...groupBy(conditions, ({ entry }) => conditionIdentity(entry)).values()].every((same) =>
    same.some(isPositive) ? same.some((one) => meets(one, value)) : same.every((one) => meets(one, value)),
  );
}

/**
 * The claims of which nothing is left. Decided where one of the conditions lists exact values: then it is known what the
 * others must take. Patterns alone are not judged. Two rules ask for the same.
 */
export const contradictionsOf = memo((statement: WebIdentityStatement): readonly Contradiction[] =>
  statement.issuers.flatMap((url) =>
    (['sub', 'aud'] as const).flatMap((claim): Contradiction[] => {
      const speaking = conditionsOn(statement, claim);
      if (speaking.length < 2) return [];
      const conditions = speaking.filter(
        (one) => canBeCarried(one, true) && one.key.issuer.toLowerCase() === url.toLowerCase() && isPlain(one),
      );
      const exact = conditions.find((one) => isPositive(one) && isExact(one));
      if (conditions.length < 2 || exact === undefined) return [];
      if (exact.entry.values.some(({ value }) => conditions.every((one) => meets(one, value)))) return [];
      const named = conditions.filter((one) => isPositive(one) && isExact(one)).flatMap(({ entry }) => entry.values);
      return [{ url, claim, conditions, byCaseAlone: named.some(({ value }) => meetsJoined(conditions, value)) }];
    }),
  ),
);
