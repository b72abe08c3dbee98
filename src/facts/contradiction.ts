import type { IssuerId } from '../model/issuer-id.js';
import { memo } from '../lib/memo.js';
import { canBeCarried, isPositive } from './absent-key.js';
import { groupBy } from '../lib/group-by.js';
import { takesValue } from './takes-value.js';
import { conditionsOn, type Condition, type WebIdentityStatement } from './web-identity.js';
import { conditionIdentity } from '../policy/evaluate-condition.js';
import { hasWildcard } from '../policy/glob.js';
import { keysOfIssuer } from '../policy/issuer-keys.js';
import { canHoldTogether } from '../policy/texts-in-common.js';
import { hasVariable } from '../policy/variables.js';

/** Conditions on one claim that no value meets together. */
export interface Contradiction {
  readonly url: IssuerId;
  /** The subject or the audience, as keys of the issuer name it. */
  readonly claim: string;
  readonly conditions: readonly Condition[];
  /**
   * They are one condition but for the case of its key. Whether IAM joins the values of the two, or keeps one of them, is
   * documented nowhere: only as two conditions do they exclude each other.
   */
  readonly byCaseAlone: boolean;
  /** None of them lists exact values. */
  readonly isOfPatterns: boolean;
}

const isExact = ({ operator, entry }: Condition): boolean =>
  operator?.wildcards !== true || !entry.values.some(({ value }) => hasWildcard(value));

const meets = (condition: Condition, value: string): boolean => takesValue(condition, value) !== (condition.operator?.negated === true);

/** Whether a value of a condition is text of which only the letters count, wildcards included: nobody has it. */
const isNobodys = ({ operator }: Condition, value: string): boolean => operator?.wildcards !== true && hasWildcard(value);

/** Whether a condition compares text that is known: no variables, no empty list, not only wildcards that mean themselves. */
function isPlain(condition: Condition): boolean {
  const { operator, entry } = condition;
  const living = entry.values.filter(({ value }) => !isNobodys(condition, value));
  return operator?.family === 'string' && living.length > 0 && !entry.values.some(({ value }) => hasVariable(value));
}

/** Whether a value meets conditions of which those that differ in case alone are read as one, with the values of all. */
function meetsJoined(conditions: readonly Condition[], value: string): boolean {
  return [...groupBy(conditions, ({ entry }) => conditionIdentity(entry)).values()].every((same) =>
    same.some(isPositive) ? same.some((one) => meets(one, value)) : same.every((one) => meets(one, value)),
  );
}

/** What the conditions on one claim come to. */
function contradictionIn(statement: WebIdentityStatement, url: IssuerId, claim: string): readonly Contradiction[] {
  const speaking = conditionsOn(statement, claim);
  if (speaking.length < 2) return [];
  const conditions = speaking.filter(
    (one) => canBeCarried(one, false) && one.key.issuer.toLowerCase() === url.toLowerCase() && isPlain(one),
  );
  if (conditions.length < 2) return [];
  // Where one of them lists exact values, these alone are left to the others.
  const exact = conditions.find((one) => isPositive(one) && isExact(one));
  const canHold =
    exact === undefined
      ? canHoldTogether(conditions)
      : exact.entry.values.some(({ value }) => !isNobodys(exact, value) && conditions.every((one) => meets(one, value)));
  if (canHold) return [];
  const named = conditions.filter((one) => isPositive(one) && isExact(one)).flatMap(({ entry }) => entry.values);
  return [
    { url, claim, conditions, byCaseAlone: named.some(({ value }) => meetsJoined(conditions, value)), isOfPatterns: exact === undefined },
  ];
}

/** The claims of which nothing is left. Two rules ask for the same. */
export const contradictionsOf = memo((statement: WebIdentityStatement): readonly Contradiction[] =>
  statement.conditions.length < 2
    ? []
    : statement.issuers.flatMap((url) => {
        const { subject, audience } = keysOfIssuer(url);
        return [subject, audience].flatMap((claim) => contradictionIn(statement, url, claim));
      }),
);
