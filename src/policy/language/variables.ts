import { hasWildcard, parseGlob, LITERAL, RUN, type GlobPart } from '../pattern/glob.js';
import type { Operator } from './condition-operators.js';

/** What the request holds for a key: a value, several, nothing for certain, or something that configuration cannot tell. */
export type KeyValue =
  | { readonly state: 'present'; readonly value: string }
  | { readonly state: 'several'; readonly values: readonly string[] }
  | { readonly state: 'absent' }
  /** It has this value, or is not there: which of the two, nobody can tell. */
  | { readonly state: 'optional'; readonly value: string }
  /** It is there, and its value is not known. */
  | { readonly state: 'some' }
  /** It is the time of the call, ISO 8601: what one call has another need not have. */
  | { readonly state: 'clock'; readonly at: string }
  | { readonly state: 'unknowable' };

export type ResolvedValue =
  | { readonly state: 'pattern'; readonly parts: readonly GlobPart[] }
  | { readonly state: 'null' }
  /** What it comes to nobody can tell; `widest` has a wildcard in the place of what is not known. */
  | { readonly state: 'unknowable'; readonly widest: readonly GlobPart[] };

interface Variable {
  readonly start: number;
  readonly end: number;
  /** What is between the braces. */
  readonly inner: string;
}

/** The variables of a value, in order. Not by an expression: that would read on to the end for each brace that does not close. */
export function variablesIn(value: string): Variable[] {
  const found: Variable[] = [];
  for (let start = value.indexOf('${'); start >= 0;) {
    const close = value.indexOf('}', start);
    if (close < 0) break;
    found.push({ start, end: close + 1, inner: value.slice(start + 2, close) });
    start = value.indexOf('${', close);
  }
  return found;
}

const ESCAPES = new Set(['*', '?', '$']);

/**
 * A policy value with its variables filled in (IAM User Guide, "Policy variables"): `${*}`, `${?}` and `${$}` are the
 * characters themselves; `${key}` is the request's value; `${key, 'default'}` falls back to the default. A variable that
 * has no value makes the whole value null: positive operators fail on it, negated ones pass.
 * @param longest how many characters may matter: a hundred variables that each stand for hundreds are not written out in full
 */
export function resolveVariables(
  operator: Operator,
  value: string,
  lookUp: (key: string) => KeyValue,
  longest = Number.POSITIVE_INFINITY,
): ResolvedValue {
  const parts: GlobPart[] = [];
  let least = 0;
  const push = (text: string, literal: boolean): void => {
    // What fills a value beyond all measure matches nobody, whatever follows.
    if (least > longest) return;
    for (const part of literal || !operator.wildcards ? Array.from(text, LITERAL) : parseGlob(text)) {
      parts.push(part);
      if (part.kind !== 'run') least += 1;
    }
  };
  let isKnown = true;
  let end = 0;
  for (const { start, end: next, inner } of variablesIn(value)) {
    push(value.slice(end, start), false);
    end = next;
    if (ESCAPES.has(inner)) {
      push(inner, true);
      continue;
    }
    const [name = '', ...rest] = inner.split(',');
    const fallback = /^\s*'(.*)'\s*$/.exec(rest.join(','))?.[1];
    const actual = lookUp(name.trim());
    // A variable stands for a key of one value; what several come to is documented nowhere.
    if (actual.state !== 'present' && actual.state !== 'absent') {
      isKnown = false;
      parts.push(RUN);
      continue;
    }
    const filled = actual.state === 'present' ? actual.value : fallback;
    if (filled === undefined) return { state: 'null' };
    // Whether wildcards in what is filled in keep their meaning is documented nowhere.
    if (operator.wildcards && hasWildcard(filled)) {
      isKnown = false;
      parts.push(RUN);
    } else push(filled, true);
  }
  push(value.slice(end), false);
  return isKnown ? { state: 'pattern', parts } : { state: 'unknowable', widest: parts };
}

/** Whether a value holds `${…}` other than the three escapes. */
export function hasVariable(value: string): boolean {
  return value.includes('${') && variablesIn(value).some(({ inner }) => !ESCAPES.has(inner));
}

/** Tags that come with a token are its issuer's word. */
const TAG = /^\s*aws:(?:request|principal)tag\//i;

/**
 * Whether a variable stands for a key whose value a caller may have a say in. What a template left behind names no key, nor does
 * CloudFormation's `AWS::…`.
 */
const isOpenKey = ({ inner }: Variable): boolean => !ESCAPES.has(inner) && /^[^:,]+:[^:,]/.test(inner) && !TAG.test(inner);

/** A value with some text in the place of its variables, where these stand for keys of which a caller may have a say. */
export function withoutVariables(value: string, text: string): string {
  let filled = '';
  let end = 0;
  for (const variable of variablesIn(value).filter(isOpenKey)) {
    filled += value.slice(end, variable.start) + text;
    end = variable.end;
  }
  return filled + value.slice(end);
}

/**
 * A value at its widest: with a wildcard in the place of its variables. Who calls may choose what these hold, such as
 * `${aws:UserAgent}`, or bring it along in a token.
 */
export const widestValue = (value: string): string => withoutVariables(value, '*');

/** Whether a value is the variable of the condition's own key: what is compared with itself is always the same. */
export function isItself({ key }: { readonly key: string }, value: string): boolean {
  return value.toLowerCase() === `\${${key.toLowerCase()}}`;
}
