import { canBeCarried, isPositive } from './absent-key.js';
import { takesValue } from './takes-value.js';
import { conditionsOn, type Condition, type WebIdentityStatement } from './web-identity.js';
import { hasWildcard } from '../policy/glob.js';
import { hasVariable } from '../policy/variables.js';

/** Conditions on one claim that no value meets together. */
export interface Contradiction {
  readonly url: string;
  readonly claim: 'sub' | 'aud';
  readonly conditions: readonly Condition[];
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

/**
 * The claims of which nothing is left. Decided where one of the conditions lists exact values: then it is known what the
 * others must take. Patterns alone are not judged.
 */
export function contradictionsOf(statement: WebIdentityStatement): Contradiction[] {
  return statement.issuers.flatMap((url) =>
    (['sub', 'aud'] as const).flatMap((claim): Contradiction[] => {
      const speaking = conditionsOn(statement, claim);
      if (speaking.length < 2) return [];
      const conditions = speaking.filter(
        (one) => canBeCarried(one, true) && one.key.issuer.toLowerCase() === url.toLowerCase() && isPlain(one),
      );
      const exact = conditions.find((one) => isPositive(one) && isExact(one));
      if (conditions.length < 2 || exact === undefined) return [];
      const possible = exact.entry.values.filter(({ value }) => conditions.every((one) => meets(one, value)));
      return possible.length > 0 ? [] : [{ url, claim, conditions }];
    }),
  );
}
