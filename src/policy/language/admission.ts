import { evaluateConditions } from './evaluate.js';
import type { ConditionEntry, Statement, TrustPolicy } from './parse.js';
import { all, any, not, type Tristate } from './tristate.js';
import type { KeyValue } from './variables.js';

/** One statement held against a call that it is, or may be, meant for. */
export interface Judgment {
  readonly statement: Statement;
  readonly outcome: Tristate;
  /** Its conditions that the call does not meet. */
  readonly unmet: readonly ConditionEntry[];
}

/**
 * Holds a statement against what is known of a call.
 * @param meant whether the statement takes in whoever calls, and what is called
 */
export function judge(meant: Tristate, statement: Statement, { variables }: TrustPolicy, find: (key: string) => KeyValue): Judgment {
  const outcomes = evaluateConditions(statement, variables, find).map(({ outcome }) => outcome);
  return { statement, outcome: all([meant, ...outcomes]), unmet: statement.conditions.filter((_, index) => outcomes[index] === 'no') };
}

export interface Access {
  readonly outcome: Tristate;
  /** Where no statement allows it: the conditions that are not met, of those that would otherwise. */
  readonly unmet: readonly ConditionEntry[];
  /** The Deny statements that deny it, whatever allows it. */
  readonly denies: readonly Statement[];
}

/** What the statements meant for a call come to: any Allow allows it, and any Deny denies it anyway. */
export function admission(judged: readonly Judgment[]): Access {
  const isAllow = ({ statement }: Judgment): boolean => statement.effect === 'Allow';
  const allowing = judged.filter(isAllow);
  const denying = judged.filter((one) => !isAllow(one));
  const allowed = any(allowing.map(({ outcome }) => outcome));
  return {
    outcome: all([allowed, not(any(denying.map(({ outcome }) => outcome)))]),
    unmet: allowed === 'no' ? allowing.flatMap(({ unmet }) => unmet) : [],
    denies: denying.filter(({ outcome }) => outcome === 'yes').map(({ statement }) => statement),
  };
}
