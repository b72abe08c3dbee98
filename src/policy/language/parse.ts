import { isObject } from '../../lib/is-object.js';
import { memoByText } from '../../lib/memo.js';
import type { Json } from '../../model/inventory/inventory.js';

/** Something in a policy document that IAM's grammar does not allow, and where. */
export interface PolicyProblem {
  /** JSON path, `$` at the document. */
  readonly path: string;
  readonly problem: string;
}

/** One string of an element, with the JSON path at which it stands. */
export interface Located {
  readonly value: string;
  readonly path: string;
}

export interface PrincipalEntry extends Located {
  /** `Federated`, `AWS`, `Service`, `CanonicalUser`, or `*` for the bare form `"Principal": "*"`. */
  readonly kind: string;
}

/** Whether a principal is every one there is. */
export const isEverybody = ({ kind, value }: PrincipalEntry): boolean => value === '*' && (kind === 'AWS' || kind === '*');

export interface ConditionEntry {
  /** As written, such as `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly Located[];
  /** JSON path of the key's member. */
  readonly path: string;
}

export interface Statement {
  readonly index: number;
  readonly path: string;
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny' | null;
  readonly principals: readonly PrincipalEntry[];
  readonly negatedPrincipal: boolean;
  readonly actions: readonly Located[];
  readonly negatedAction: boolean;
  readonly conditions: readonly ConditionEntry[];
  /** Not empty = the statement cannot be evaluated; it counts as undecided, never as absent. */
  readonly problems: readonly PolicyProblem[];
}

export interface TrustPolicy {
  readonly version: string | null;
  /** Policy variables `${…}` have meaning only with Version 2012-10-17 (IAM User Guide, policy variables). */
  readonly variables: boolean;
  readonly statements: readonly Statement[];
  /** Problems of the document itself; those of a statement are in the statement. */
  readonly problems: readonly PolicyProblem[];
}

const DOCUMENT_ELEMENTS = new Set(['Version', 'Id', 'Statement']);
const VERSIONS = new Set(['2012-10-17', '2008-10-17']);
const ELEMENTS = new Set(['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Condition']);
/** Elements of other policies that IAM refuses in a trust policy (observed: "Has prohibited field Resource"). */
const PROHIBITED = new Set(['Resource', 'NotResource']);
const PRINCIPAL_KINDS = new Set(['Federated', 'AWS', 'Service', 'CanonicalUser']);

/** Roles in thousands have the members of a few clusters. */
const MOST_KEPT = 20_000;

const stepTo = memoByText(
  (name) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `.${name}` : `['${name.replace(/[\\']/g, '\\$&')}']`),
  MOST_KEPT,
);

/** JSON path of a member: `.name` where that is unambiguous, else `['name']`. */
export const memberPath = (parent: string, name: string): string => `${parent}${stepTo(name)}`;

/** The strings of an element that may be one string or a list. Numbers and booleans are condition values too. */
function located(value: Json | undefined, path: string, problems: PolicyProblem[]): Located[] {
  if (value === undefined) return [];
  // As nearly everything is written.
  if (typeof value === 'string') return [{ value, path }];
  const list: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return list.flatMap((item, index) => {
    const itemPath = Array.isArray(value) ? `${path}[${index}]` : path;
    if (typeof item === 'string') return [{ value: item, path: itemPath }];
    if (typeof item === 'number' || typeof item === 'boolean') return [{ value: String(item), path: itemPath }];
    problems.push({ path: itemPath, problem: 'is neither a string nor a list of strings' });
    return [];
  });
}

function parsePrincipals(value: Json | undefined, path: string, problems: PolicyProblem[]): PrincipalEntry[] {
  if (value === undefined) return [];
  if (typeof value === 'string') {
    if (value !== '*') problems.push({ path, problem: 'a principal is "*" or an object such as { "Federated": … }' });
    return [{ kind: value === '*' ? '*' : 'unknown', value, path }];
  }
  if (!isObject(value)) {
    problems.push({ path, problem: 'a principal is "*" or an object such as { "Federated": … }' });
    return [];
  }
  return Object.entries(value).flatMap(([kind, members]) => {
    const kindPath = memberPath(path, kind);
    if (!PRINCIPAL_KINDS.has(kind)) problems.push({ path: kindPath, problem: `"${kind}" is no kind of principal` });
    return located(members, kindPath, problems).map(({ value: named, path: at }) => ({ kind, value: named, path: at }));
  });
}

function parseConditions(value: Json | undefined, path: string, problems: PolicyProblem[]): ConditionEntry[] {
  if (value === undefined) return [];
  if (!isObject(value)) {
    problems.push({ path, problem: 'a condition block is an object of operators' });
    return [];
  }
  return Object.entries(value).flatMap(([operator, keys]) => {
    const operatorPath = memberPath(path, operator);
    if (!isObject(keys)) {
      problems.push({ path: operatorPath, problem: 'a condition operator holds an object of keys (IAM: "Invalid condition prefix")' });
      return [];
    }
    return Object.entries(keys).map(([key, values]) => {
      const keyPath = memberPath(operatorPath, key);
      return { operator, key, values: located(values, keyPath, problems), path: keyPath };
    });
  });
}

/** The conditions of a statement of any policy, and what of them is not IAM's grammar. @param value its `Condition` */
export function conditionsIn(value: Json | undefined): Pick<Statement, 'conditions' | 'problems'> {
  const problems: PolicyProblem[] = [];
  return { conditions: parseConditions(value, '$.Condition', problems), problems };
}

/** `name` or its `Not` form, whichever is there. Exactly one of them has to, and it has to name something. */
function parsePair<T>(
  raw: Record<string, Json>,
  name: 'Principal' | 'Action',
  { path, problems }: { readonly path: string; readonly problems: PolicyProblem[] },
  read: (value: Json | undefined, at: string) => T[],
) {
  const negatedName = `Not${name}`;
  const negated = raw[name] === undefined && raw[negatedName] !== undefined;
  const before = problems.length;
  const entries = read(raw[negated ? negatedName : name], `${path}.${negated ? negatedName : name}`);
  if (raw[name] === undefined && raw[negatedName] === undefined) problems.push({ path, problem: `the statement has no ${name}` });
  else if (entries.length === 0 && problems.length === before)
    problems.push({ path: `${path}.${negated ? negatedName : name}`, problem: 'is empty' });
  if (raw[name] !== undefined && raw[negatedName] !== undefined)
    problems.push({ path: `${path}.${negatedName}`, problem: `is beside ${name}` });
  return { entries, negated };
}

function parseStatement(value: Json, index: number, path: string): Statement {
  const problems: PolicyProblem[] = [];
  if (!isObject(value)) {
    const nothing = { sid: null, effect: null, principals: [], negatedPrincipal: false, actions: [], negatedAction: false, conditions: [] };
    return { index, path, ...nothing, problems: [{ path, problem: 'a statement is an object' }] };
  }
  for (const name of Object.keys(value)) {
    if (PROHIBITED.has(name)) problems.push({ path: memberPath(path, name), problem: `a trust policy has no ${name}` });
    else if (!ELEMENTS.has(name)) problems.push({ path: memberPath(path, name), problem: `"${name}" is no element of a statement` });
  }
  const { Sid: sid = null, Effect: effect } = value;
  if (effect !== 'Allow' && effect !== 'Deny')
    problems.push({ path: `${path}.Effect`, problem: 'the effect is neither "Allow" nor "Deny"' });
  if (sid !== null && typeof sid !== 'string') problems.push({ path: `${path}.Sid`, problem: 'is no string' });
  const principal = parsePair(value, 'Principal', { path, problems }, (raw, at) => parsePrincipals(raw, at, problems));
  const action = parsePair(value, 'Action', { path, problems }, (raw, at) => located(raw, at, problems));
  return {
    index,
    path,
    sid: typeof sid === 'string' ? sid : null,
    effect: effect === 'Allow' || effect === 'Deny' ? effect : null,
    principals: principal.entries,
    negatedPrincipal: principal.negated,
    actions: action.entries,
    negatedAction: action.negated,
    conditions: parseConditions(value['Condition'], `${path}.Condition`, problems),
    problems,
  };
}

/**
 * Reads a trust policy in every shape that IAM stores: one statement or a list, strings or lists everywhere.
 * Never throws. What cannot be understood stays in `problems`, with its JSON path; it is never skipped.
 */
export function parseTrustPolicy(document: Json): TrustPolicy {
  if (!isObject(document)) {
    const problem = typeof document === 'string' ? 'the trust policy is not JSON' : 'the trust policy is not an object';
    return { version: null, variables: false, statements: [], problems: [{ path: '$', problem }] };
  }
  const problems: PolicyProblem[] = [];
  for (const name of Object.keys(document)) {
    if (!DOCUMENT_ELEMENTS.has(name)) problems.push({ path: memberPath('$', name), problem: `"${name}" is no element of a policy` });
  }
  const { Version: written, Statement: statement } = document;
  const version = typeof written === 'string' ? written : null;
  if (written !== undefined && (version === null || !VERSIONS.has(version)))
    problems.push({ path: '$.Version', problem: 'is neither "2012-10-17" nor "2008-10-17"' });
  const statements = Array.isArray(statement)
    ? (statement as readonly Json[]).map((item, index) => parseStatement(item, index, `$.Statement[${index}]`))
    : statement === undefined
      ? []
      : [parseStatement(statement, 0, '$.Statement')];
  if (statement === undefined) problems.push({ path: '$', problem: 'the document has no Statement' });
  return { version, variables: version === '2012-10-17', statements, problems };
}

/** A policy as if nothing in it denied: for telling what its Deny statements deny. */
export const withoutDeny = (policy: TrustPolicy): TrustPolicy => ({
  ...policy,
  statements: policy.statements.filter(({ effect }) => effect !== 'Deny'),
});
