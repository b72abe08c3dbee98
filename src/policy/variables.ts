import { hasWildcard, parseGlob, LITERAL, type GlobPart } from './glob.js';
import type { Operator } from './condition-operators.js';

/** What the request holds for a key: a value, nothing for certain, or something that configuration cannot tell. */
export type KeyValue =
  { readonly state: 'present'; readonly value: string } | { readonly state: 'absent' } | { readonly state: 'unknowable' };

export type Resolved =
  { readonly state: 'pattern'; readonly parts: readonly GlobPart[] } | { readonly state: 'null' } | { readonly state: 'unknowable' };

const VARIABLE = /\$\{([^}]*)\}/g;
const ESCAPES = new Set(['*', '?', '$']);

/**
 * A policy value with its variables filled in (IAM User Guide, "Policy variables"): `${*}`, `${?}` and `${$}` are the
 * characters themselves; `${key}` is the request's value; `${key, 'default'}` falls back to the default. A variable that
 * has no value makes the whole value null: positive operators fail on it, negated ones pass.
 */
export function resolveVariables(operator: Operator, value: string, lookUp: (key: string) => KeyValue): Resolved {
  const parts: GlobPart[] = [];
  const push = (text: string, literal: boolean): void => {
    parts.push(...(literal || !operator.wildcards ? [...text].map(LITERAL) : parseGlob(text)));
  };
  let end = 0;
  for (const match of value.matchAll(VARIABLE)) {
    push(value.slice(end, match.index), false);
    end = match.index + match[0].length;
    const inner = match[1] ?? '';
    if (ESCAPES.has(inner)) {
      push(inner, true);
      continue;
    }
    const [name = '', ...rest] = inner.split(',');
    const fallback = /^\s*'(.*)'\s*$/.exec(rest.join(','))?.[1];
    const actual = lookUp(name.trim());
    if (actual.state === 'unknowable') return { state: 'unknowable' };
    const filled = actual.state === 'present' ? actual.value : fallback;
    if (filled === undefined) return { state: 'null' };
    // Whether wildcards in what is filled in keep their meaning is documented nowhere.
    if (operator.wildcards && hasWildcard(filled)) return { state: 'unknowable' };
    push(filled, true);
  }
  push(value.slice(end), false);
  return { state: 'pattern', parts };
}

/** Whether a value holds `${…}` other than the three escapes. */
export function hasVariable(value: string): boolean {
  return value.includes('${') && [...value.matchAll(VARIABLE)].some((match) => !ESCAPES.has(match[1] ?? ''));
}
