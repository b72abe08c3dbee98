import type { Json } from '../model/inventory.js';
import { globMatcher, hasWildcard, literalStart, matchesGlob, parseGlob } from './glob.js';
import type { Steps } from './steps.js';
import { variablesIn } from './variables.js';

/** One Allow statement of an identity policy. */
export interface Permission {
  readonly actions: readonly string[];
  readonly negatedAction: boolean;
  readonly resources: readonly string[];
  readonly negatedResource: boolean;
}

const list = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value];
const strings = (value: Json | undefined): string[] => list(value).filter((item): item is string => typeof item === 'string');
const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What an identity policy allows. Conditions are passed over: what is allowed under one counts as allowed, so that "not
 * allowed" can be relied on. What is no statement allows nothing.
 */
export function permissionsIn(document: Json): readonly Permission[] {
  if (!isObject(document)) return [];
  return list(document['Statement']).flatMap((statement): Permission[] => {
    if (!isObject(statement) || statement['Effect'] !== 'Allow') return [];
    return [
      {
        actions: strings(statement['Action'] ?? statement['NotAction']),
        negatedAction: statement['Action'] === undefined,
        resources: strings(statement['Resource'] ?? statement['NotResource']),
        negatedResource: statement['Resource'] === undefined,
      },
    ];
  });
}

/** Most patterns are plain text, which need not be taken apart. */
function fits(pattern: string, text: string): boolean {
  return pattern === text || (hasWildcard(pattern) && matchesGlob(parseGlob(pattern), text));
}

/** Actions are compared without case, `*` and `?` are wildcards (IAM User Guide, "IAM JSON policy elements: Action"). */
export function coversAction({ actions, negatedAction }: Pick<Permission, 'actions' | 'negatedAction'>, action: string): boolean {
  if (actions.includes(action)) return !negatedAction;
  const wanted = action.toLowerCase();
  return actions.some((pattern) => fits(pattern.toLowerCase(), wanted)) !== negatedAction;
}

/** A variable in a pattern may stand for anything. */
export function resourcePattern(pattern: string): string {
  if (!pattern.includes('${')) return pattern;
  let written = '';
  let end = 0;
  for (const variable of variablesIn(pattern)) {
    written += `${pattern.slice(end, variable.start)}*`;
    end = variable.end;
  }
  return written + pattern.slice(end);
}

type Matcher = (text: string) => boolean;

/** Patterns made ready: a role may have thousands, and each is held against thousands. */
export interface Patterns {
  readonly plain: ReadonlySet<string>;
  /** By the length of what stands before the first wildcard, and by that itself. */
  readonly globs: ReadonlyMap<number, ReadonlyMap<string, readonly Matcher[]>>;
}

export function patternsOf(texts: readonly string[]): Patterns {
  const patterns = texts.map(resourcePattern);
  const globs = new Map<number, Map<string, Matcher[]>>();
  for (const pattern of patterns.filter(hasWildcard)) {
    const start = literalStart(pattern);
    const byStart = globs.get(start.length) ?? new Map<string, Matcher[]>();
    globs.set(start.length, byStart);
    const same = byStart.get(start) ?? [];
    byStart.set(start, same);
    same.push(globMatcher(pattern));
  }
  return { plain: new Set(patterns), globs };
}

/** @param steps one for each pattern that may match. @throws StepsEnded */
export function fitsAny({ plain, globs }: Patterns, text: string, steps?: Steps): boolean {
  if (plain.has(text)) return true;
  for (const [length, byStart] of globs) {
    const likely = byStart.get(text.slice(0, length)) ?? [];
    steps?.take(1 + likely.length);
    if (likely.some((matches) => matches(text))) return true;
  }
  return false;
}

const ready = new WeakMap<Permission, Patterns>();

/** Whether the statement is about a resource, given by its ARN. @throws StepsEnded */
export function coversResource(permission: Permission, arn: string, steps?: Steps): boolean {
  const patterns = ready.get(permission) ?? patternsOf(permission.resources);
  ready.set(permission, patterns);
  return fitsAny(patterns, arn, steps) !== permission.negatedResource;
}
