import { memo } from '../../lib/memo.js';
import { isPlainText, parseOperator, readyValue, type Comparison, type Operator } from './condition-operators.js';
import { matchesGlob } from '../pattern/glob.js';
import { fitsAny, globSet, type GlobSet } from '../pattern/glob-set.js';
import type { ConditionEntry, Located, Statement } from './parse.js';
import { all, any, decided, type Tristate } from './tristate.js';
import { resolveVariables, type KeyValue } from './variables.js';

/** Why a condition cannot be decided. */
export type Doubt =
  /** Configuration cannot tell whether the request has the key, or with which value. */
  | 'key-unknowable'
  /** A policy variable stands for something that configuration cannot tell, or its value holds wildcards. */
  | 'variable-unknowable'
  /** The operator compares another type, such as NumericNotEquals with a subject. */
  | 'type-undocumented'
  /** A negated operator with an empty list of values. */
  | 'empty-negation'
  /** ForAnyValue with IfExists on an absent key: the one is documented as false, the other as true. */
  | 'set-with-if-exists'
  /** Null with a set operator, or with a value other than "true" and "false". */
  | 'null-undocumented'
  /** The key appears twice under the operator, in different case, and the two disagree. */
  | 'key-twice'
  /** Its statement denies everybody by it at the time of the call, and will not always. */
  | 'not-yet'
  /** A key with several values under an operator without ForAllValues or ForAnyValue. */
  | 'several-values';

export interface Decision {
  readonly outcome: Tristate;
  /** Set where the outcome is undecided. */
  readonly doubt: Doubt | null;
}

type Effect = Statement['effect'];

const certain = (value: boolean): Decision => ({ outcome: decided(value), doubt: null });
const doubtful = (doubt: Doubt): Decision => ({ outcome: 'undecided', doubt });
const resulting = (outcome: Tristate, doubt: Doubt): Decision => ({ outcome, doubt: outcome === 'undecided' ? doubt : null });

function whenAbsent(operator: Operator): Decision {
  if (operator.ifExists) return operator.set === 'ForAnyValue' ? doubtful('set-with-if-exists') : certain(true);
  if (operator.set !== null) return certain(operator.set === 'ForAllValues');
  return certain(operator.negated);
}

function checkPresence(operator: Operator, values: readonly Located[], absent: boolean): Decision {
  if (operator.set !== null) return doubtful('null-undocumented');
  return resulting(
    any(values.map(({ value }) => (value === 'true' ? decided(absent) : value === 'false' ? decided(!absent) : 'undecided'))),
    'null-undocumented',
  );
}

/** A value made ready to be compared by the operator under which it stands. Thousands of subjects are held against one policy. */
const ready = memo(({ value }: Located, operator: Operator) => readyValue(operator, value));

/** Compares a request value with a policy value that holds no variables. Most are plain text, which need not be made ready. */
function compareValue(operator: Operator, actual: string, located: Located): Comparison {
  if (isPlainText(operator, located.value)) return decided(actual === located.value);
  return ready(located, operator)(actual);
}

/** A list of text, made ready; null where something is in it that may be a variable. */
const setOf = memo((values: readonly Located[], { wildcards }: Operator): GlobSet | null => {
  if (values.some(({ value }) => value.includes('${'))) return null;
  const texts = values.map(({ value }) => value);
  return wildcards ? globSet(texts) : { plain: new Set(texts), globs: new Map() };
});
/** A list that is no longer is read as soon. */
const SHORT_LIST = 8;

/** A long list of text and patterns, to be looked up; null for every other. */
function longList(operator: Operator, values: readonly Located[]): GlobSet | null {
  return values.length <= SHORT_LIST || !operator.literal ? null : setOf(values, operator);
}

/** What a key has in the request; null in place of it = `${…}` has no meaning in the document. */
type ValueOf = (key: string) => KeyValue;

/** How a request value compares with one policy value; `unknowable` where a variable of it stands for what nobody can tell. */
function matchValue(operator: Operator, located: Located, actual: string, find: ValueOf | null): Comparison | 'unknowable' {
  const { family } = operator;
  if (find === null || (family !== 'string' && family !== 'arn') || !located.value.includes('${'))
    return compareValue(operator, actual, located);
  const resolved = resolveVariables(operator, located.value, find, family === 'string' ? actual.length : undefined);
  if (resolved.state === 'unknowable')
    return family === 'string' && !matchesGlob(resolved.widest, actual, operator.ignoreCase) ? 'no' : 'unknowable';
  return resolved.state === 'null' ? 'no' : operator.compare(actual, resolved.parts);
}

function whenPresent(operator: Operator, values: readonly Located[], actual: string, find: ValueOf | null): Decision {
  if (values.length === 0) return operator.negated ? doubtful('empty-negation') : certain(false);
  const listed = longList(operator, values);
  if (listed !== null) return certain(fitsAny(listed, actual) !== operator.negated);
  let isMatched = false;
  let isOpen = false;
  let doubt: Doubt | null = null;
  for (const value of values) {
    const match = matchValue(operator, value, actual, find);
    if (match === 'yes') isMatched = true;
    else if (match === 'unknowable' || match === 'undecided')
      doubt ??= match === 'unknowable' ? 'variable-unknowable' : 'type-undocumented';
    else if (match === 'unreadable') isOpen = true;
  }
  if (isMatched) return certain(!operator.negated);
  // What cannot be read does not match; what a negated operator makes of it is documented nowhere.
  if (doubt !== null) return doubtful(doubt);
  return isOpen && operator.negated ? doubtful('type-undocumented') : certain(operator.negated);
}

/** A key with several values: the set operators ask of each, and what a plain operator makes of them is documented nowhere. */
function whenSeveral(operator: Operator, decisions: readonly Decision[]): Decision {
  const outcomes = decisions.map(({ outcome }) => outcome);
  const doubt = decisions.find((one) => one.doubt !== null)?.doubt ?? 'several-values';
  if (operator.set === 'ForAllValues') return resulting(all(outcomes), doubt);
  const met = any(outcomes);
  if (operator.set === 'ForAnyValue') return resulting(met, doubt);
  return met === 'no' ? certain(false) : doubtful('several-values');
}

const FAR_FUTURE = '9999-12-31T00:00:00Z';

/**
 * A condition on the time of the call. It is decided where its statement denies nobody by it at that time, or will always;
 * an Allow that has not begun, and a Deny that ends, are not.
 */
function whenClocked(operator: Operator, values: readonly Located[], at: string, effect: Effect): Decision {
  if (operator.family !== 'date' && operator.family !== 'numeric') return doubtful('key-unknowable');
  const [now, then] = [at, FAR_FUTURE].map((date) =>
    whenPresent(operator, values, operator.family === 'date' ? date : String(Math.floor(Date.parse(date) / 1000)), null),
  ) as [Decision, Decision];
  const wanted = effect === 'Deny' ? 'no' : 'yes';
  return now.outcome !== wanted && then.outcome === wanted ? doubtful('not-yet') : now;
}

/**
 * Decides one key under one operator. A token's claims have one value each, so the set operators act on them like the
 * plain operator; they differ where the key is absent.
 * @param variables whether `${…}` has meaning in this document
 * @param effect of its statement, by which a time that is to come leaves a condition undecided
 */
export function evaluateCondition(
  entry: ConditionEntry,
  variables: boolean,
  find: (key: string) => KeyValue,
  effect: Effect = 'Allow',
): Decision {
  const operator = parseOperator(entry.operator);
  // IAM refuses an unknown operator at write; one that is there anyway never matches (observed).
  if (operator === null) return certain(false);
  const actual = find(entry.key);
  if (actual.state === 'unknowable') return doubtful('key-unknowable');
  if (actual.state === 'optional') {
    const having = (state: KeyValue): Decision =>
      evaluateCondition(entry, variables, (key) => (key === entry.key ? state : find(key)), effect);
    const [there, gone] = [having({ state: 'present', value: actual.value }), having({ state: 'absent' })];
    return there.outcome === gone.outcome ? there : doubtful('key-unknowable');
  }
  if (operator.family === 'null') return checkPresence(operator, entry.values, actual.state === 'absent');
  if (actual.state === 'some') return doubtful('key-unknowable');
  if (actual.state === 'clock') return whenClocked(operator, entry.values, actual.at, effect);
  if (actual.state === 'absent') return whenAbsent(operator);
  const judge = (value: string): Decision => whenPresent(operator, entry.values, value, variables ? find : null);
  return actual.state === 'several' ? whenSeveral(operator, actual.values.map(judge)) : judge(actual.value);
}

/** Entries that say the same operator and the same key, but for case, are one condition to IAM or two: nobody has written which. */
export function conditionIdentity({ operator, key }: ConditionEntry): string {
  return `${operator.toLowerCase()} ${key.toLowerCase()}`;
}
