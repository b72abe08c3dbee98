import { memoByText } from '../../lib/memo.js';
import { hasWildcard, matchesGlob, parseGlob, readyGlob, LITERAL, type GlobPart } from '../pattern/glob.js';
import { decided, type Tristate } from './tristate.js';

export type OperatorFamily = 'string' | 'numeric' | 'date' | 'bool' | 'binary' | 'ip' | 'arn' | 'null';

/**
 * How a request value compares with a policy value. `unreadable` = one of them is not of the operator's type, such as a
 * subject under NumericEquals: it does not match, but what a negated operator makes of it is documented nowhere.
 */
export type Comparison = Tristate | 'unreadable';

/** What one operator does with one request value and one policy value that was already resolved. */
interface OperatorMeaning {
  readonly family: OperatorFamily;
  readonly negated: boolean;
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  /** Whether letters are compared without case. */
  readonly ignoreCase: boolean;
  /** The positive comparison; a negated operator is its inverse, NOR over the values. */
  readonly compare: (actual: string, expected: readonly GlobPart[]) => Comparison;
  /** Nothing but the same text matches a value without wildcards. */
  readonly literal: boolean;
}

export interface Operator extends OperatorMeaning {
  /** The name as IAM spells it, without prefix and suffix. */
  readonly name: string;
  readonly set: 'ForAllValues' | 'ForAnyValue' | null;
  readonly ifExists: boolean;
}

/** As text; only operators that know wildcards are given any. */
const text = (parts: readonly GlobPart[]): string => parts.flatMap((part) => (part.kind === 'literal' ? [part.char] : [])).join('');

const equals = (actual: string, expected: readonly GlobPart[]): Comparison => decided(actual === text(expected));
const equalsIgnoreCase = (actual: string, expected: readonly GlobPart[]): Comparison => decided(matchesGlob(expected, actual, true));
const like = (actual: string, expected: readonly GlobPart[]): Comparison => decided(matchesGlob(expected, actual));

const decimal = (value: string): number => (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : Number.NaN);

const ISO_8601 = /^\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?)?)?$/;
/** W3C ISO 8601 or seconds since 1970 (IAM User Guide, date condition operators). */
const instant = (value: string): number =>
  /^\d{5,}$/.test(value) ? Number(value) * 1000 : ISO_8601.test(value) ? Date.parse(value) : Number.NaN;

function ordered(read: (value: string) => number, test: (left: number, right: number) => boolean): OperatorMeaning['compare'] {
  return (actual, expected) => {
    const left = read(actual);
    const right = read(text(expected));
    return Number.isNaN(left) || Number.isNaN(right) ? 'unreadable' : decided(test(left, right));
  };
}

/** A text other than true or false has no truth value; two such texts that are equal may or may not count as a match. */
const bool: OperatorMeaning['compare'] = (actual, expected) => {
  const left = actual.toLowerCase();
  const right = text(expected).toLowerCase();
  if (/^(true|false)$/.test(left) && /^(true|false)$/.test(right)) return decided(left === right);
  return left === right ? 'undecided' : 'unreadable';
};

/** The policy holds base 64 of the bytes (IAM User Guide, binary operators); no claim is binary, so a match is never certain. */
const binary: OperatorMeaning['compare'] = (actual, expected) => {
  const written = text(expected);
  const encoded = /[^\u0000-\u00ff]/.test(actual) ? null : btoa(actual);
  return written === actual || written === encoded ? 'undecided' : 'unreadable';
};

/** The first five components end at a colon; the sixth holds the rest, colons included. Null = fewer than six. */
function arnComponents(parts: readonly GlobPart[]): GlobPart[][] | null {
  const components: GlobPart[][] = [[]];
  for (const part of parts) {
    if (part.kind === 'literal' && part.char === ':' && components.length < 6) components.push([]);
    else components.at(-1)?.push(part);
  }
  return components.length < 6 ? null : components;
}

/**
 * ArnEquals and ArnLike are the same: six colon-separated components, wildcards inside each (IAM User Guide, ARN
 * operators). What happens to texts that are no ARNs, such as a subject with its four parts, is not written there.
 */
const arn: OperatorMeaning['compare'] = (actual, expected) => {
  const patterns = arnComponents(expected);
  const values = arnComponents([...actual].map(LITERAL));
  if (patterns !== null && values !== null)
    return decided(patterns.every((pattern, index) => matchesGlob(pattern, text(values[index] ?? []))));
  if (matchesGlob(expected, actual)) return 'undecided';
  return values === null ? 'unreadable' : 'no';
};

function addressBits(address: string): bigint | null {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (four === null) return null;
  const bytes = four.slice(1).map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes.reduce((bits, byte) => (bits << 8n) + BigInt(byte), 0n) : null;
}

/** IPv4 only: no claim of a web identity token is an address, so nothing here is ever decided by an IPv6 range. */
const inRange: OperatorMeaning['compare'] = (actual, expected) => {
  const [, network = '', length = '32'] = /^([^/]*)(?:\/(\d{1,2}))?$/.exec(text(expected)) ?? [];
  const left = addressBits(actual);
  const right = addressBits(network);
  if (left === null || right === null || Number(length) > 32) return 'unreadable';
  const host = BigInt(32 - Number(length));
  return decided(left >> host === right >> host);
};

const meaning = (family: OperatorFamily, negated: boolean, wildcards: boolean, compare: OperatorMeaning['compare']): OperatorMeaning => {
  return { family, negated, wildcards, ignoreCase: compare === equalsIgnoreCase, compare, literal: compare === equals || compare === like };
};
const comparisons = (family: 'numeric' | 'date', prefix: string, read: (value: string) => number): [string, OperatorMeaning][] => [
  [
    `${prefix}Equals`,
    meaning(
      family,
      false,
      false,
      ordered(read, (left, right) => left === right),
    ),
  ],
  [
    `${prefix}NotEquals`,
    meaning(
      family,
      true,
      false,
      ordered(read, (left, right) => left === right),
    ),
  ],
  [
    `${prefix}LessThan`,
    meaning(
      family,
      false,
      false,
      ordered(read, (left, right) => left < right),
    ),
  ],
  [
    `${prefix}LessThanEquals`,
    meaning(
      family,
      false,
      false,
      ordered(read, (left, right) => left <= right),
    ),
  ],
  [
    `${prefix}GreaterThan`,
    meaning(
      family,
      false,
      false,
      ordered(read, (left, right) => left > right),
    ),
  ],
  [
    `${prefix}GreaterThanEquals`,
    meaning(
      family,
      false,
      false,
      ordered(read, (left, right) => left >= right),
    ),
  ],
];

/** Every operator of the IAM User Guide, "IAM JSON policy elements: Condition operators". */
const OPERATORS: ReadonlyMap<string, OperatorMeaning> = new Map<string, OperatorMeaning>([
  ['StringEquals', meaning('string', false, false, equals)],
  ['StringNotEquals', meaning('string', true, false, equals)],
  ['StringEqualsIgnoreCase', meaning('string', false, false, equalsIgnoreCase)],
  ['StringNotEqualsIgnoreCase', meaning('string', true, false, equalsIgnoreCase)],
  ['StringLike', meaning('string', false, true, like)],
  ['StringNotLike', meaning('string', true, true, like)],
  ...comparisons('numeric', 'Numeric', decimal),
  ...comparisons('date', 'Date', instant),
  ['Bool', meaning('bool', false, false, bool)],
  ['BinaryEquals', meaning('binary', false, false, binary)],
  ['IpAddress', meaning('ip', false, false, inRange)],
  ['NotIpAddress', meaning('ip', true, false, inRange)],
  ['ArnEquals', meaning('arn', false, true, arn)],
  ['ArnLike', meaning('arn', false, true, arn)],
  ['ArnNotEquals', meaning('arn', true, true, arn)],
  ['ArnNotLike', meaning('arn', true, true, arn)],
  ['Null', meaning('null', false, false, equals)],
]);

const BY_LOWER_CASE = new Map([...OPERATORS].map(([name, value]) => [name.toLowerCase(), { name, ...value }]));

/** An account has thousands of conditions and a handful of operators. */
const READ_LIMIT = 256;

/**
 * The meaning of an operator as written, or null for one that IAM does not know (it refuses such a policy at write).
 * Names are looked up without regard to case (observed in a public simulator, not documented).
 */
export const parseOperator = memoByText((written): Operator | null => {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/i.exec(written);
  const found = BY_LOWER_CASE.get((parts?.[2] ?? '').toLowerCase());
  if (parts === null || found === undefined) return null;
  const ifExists = parts[3] !== undefined;
  if (ifExists && found.family === 'null') return null;
  const prefix = parts[1]?.toLowerCase();
  return { ...found, ifExists, set: prefix === 'forallvalues' ? 'ForAllValues' : prefix === 'foranyvalue' ? 'ForAnyValue' : null };
}, READ_LIMIT);

/** A policy value as the operator reads it: with wildcards where the operator has them, else character by character. */
export function patternOf(operator: Operator, value: string): GlobPart[] {
  return operator.wildcards ? parseGlob(value) : Array.from(value, LITERAL);
}

/** Whether nothing but the very text of a value matches it. */
export function isPlainText(operator: Operator, value: string): boolean {
  return operator.literal && !(operator.wildcards && hasWildcard(value));
}

/** A policy value that holds no variables, made ready to be compared with the values of requests. */
export function readyValue(operator: Operator, value: string): (actual: string) => Comparison {
  const parts = patternOf(operator, value);
  if (operator.family !== 'string' || !(operator.wildcards || operator.ignoreCase)) return (actual) => operator.compare(actual, parts);
  const matches = readyGlob(parts, operator.ignoreCase);
  return (actual) => decided(matches(actual));
}
