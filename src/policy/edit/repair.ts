import { isObject } from '../../lib/is-object.js';
import { asList, isList, oneOrList } from '../../lib/one-or-list.js';
import type { Json } from '../../model/inventory/inventory.js';
import { memberPath } from '../language/parse.js';

/**
 * One change of a trust policy. Paths are those that the parser gave, in the document as read; several edits of one
 * condition are merged, so that all defects of a role are repaired in one document.
 */
export type TrustEdit =
  /** Another operator, key or list of values for the condition at `path`; what is not named stays. */
  | {
      readonly kind: 'condition';
      readonly path: string;
      readonly operator?: string;
      readonly key?: string;
      readonly values?: readonly string[];
    }
  | { readonly kind: 'remove-condition'; readonly path: string }
  | {
      readonly kind: 'add-condition';
      readonly statement: number;
      readonly operator: string;
      readonly key: string;
      readonly values: readonly string[];
    }
  /** Another value for one principal entry; null takes it out. */
  | { readonly kind: 'principal'; readonly path: string; readonly value: string | null }
  | { readonly kind: 'actions'; readonly statement: number; readonly actions: readonly string[] }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'add-statement'; readonly statement: Json }
  | { readonly kind: 'replace-statement'; readonly statement: number; readonly by: readonly Json[] }
  | { readonly kind: 'remove-statement'; readonly statement: number };

type Members = Record<string, Json>;
type Edit<K extends TrustEdit['kind']> = Extract<TrustEdit, { kind: K }>;

const sameJson = (left: Json, right: Json): boolean => JSON.stringify(left) === JSON.stringify(right);

function ofKind<K extends TrustEdit['kind']>(edits: readonly TrustEdit[], kind: K): Edit<K>[] {
  return edits.filter((edit): edit is Edit<K> => edit.kind === kind);
}

/** Keeps a list a list and a single value a single value, where the edit does not force a list. */
function sameShape(before: Json | undefined, values: readonly string[]): Json {
  return isList(before) ? values : oneOrList(values);
}

/** Both lists of values as one; the first stays as it is where the second adds nothing. */
function merge(existing: Json, added: Json): Json {
  const fresh = asList(added).filter((value) => !asList(existing).includes(value));
  return fresh.length === 0 ? existing : [...asList(existing), ...fresh];
}

function editConditions(block: Members, path: string, statement: number, edits: readonly TrustEdit[]): Json {
  const changes = new Map<string, Edit<'condition'>>();
  for (const edit of ofKind(edits, 'condition')) changes.set(edit.path, { ...changes.get(edit.path), ...edit });
  const removed = new Set(ofKind(edits, 'remove-condition').map((edit) => edit.path));
  // Maps, not objects: an operator or key may be called "__proto__".
  const after = new Map<string, Map<string, Json>>();
  const malformed = new Map<string, Json>();
  const put = (operator: string, key: string, value: Json): void => {
    const keys = after.get(operator) ?? new Map<string, Json>();
    const existing = keys.get(key);
    after.set(operator, keys.set(key, existing === undefined ? value : merge(existing, value)));
  };
  for (const [operator, keys] of Object.entries(block)) {
    if (!isObject(keys) || Object.keys(keys).length === 0) malformed.set(operator, keys);
    if (!isObject(keys)) continue;
    for (const [key, values] of Object.entries(keys)) {
      const at = memberPath(memberPath(path, operator), key);
      if (removed.has(at)) continue;
      const change = changes.get(at);
      put(change?.operator ?? operator, change?.key ?? key, change?.values === undefined ? values : sameShape(values, change.values));
    }
  }
  for (const edit of ofKind(edits, 'add-condition')) if (edit.statement === statement) put(edit.operator, edit.key, oneOrList(edit.values));
  const kept = Object.keys(block).flatMap((operator): [string, Json][] => {
    const keys = after.get(operator);
    if (keys !== undefined) return [[operator, Object.fromEntries(keys)]];
    const raw = malformed.get(operator);
    return raw === undefined ? [] : [[operator, raw]];
  });
  const added = [...after]
    .filter(([operator]) => !Object.hasOwn(block, operator))
    .map(([operator, keys]): [string, Json] => [operator, Object.fromEntries(keys)]);
  return Object.fromEntries([...kept, ...added]);
}

function editPrincipal(value: Json, path: string, edits: readonly TrustEdit[]): Json {
  if (!isObject(value)) return value;
  const changes = new Map(ofKind(edits, 'principal').map((edit) => [edit.path, edit.value]));
  const entries = Object.entries(value).flatMap(([kind, members]): [string, Json][] => {
    const at = memberPath(path, kind);
    if (!isList(members)) {
      const change = changes.get(at);
      return change === undefined ? [[kind, members]] : change === null ? [] : [[kind, change]];
    }
    const kept: Json[] = [];
    members.forEach((member, index) => {
      const change = changes.get(`${at}[${index}]`);
      const stands =
        change !== undefined && members.some((other, place) => place !== index && other === change && !changes.has(`${at}[${place}]`));
      if (change === undefined) kept.push(member);
      else if (change !== null && !stands && !kept.includes(change)) kept.push(change);
    });
    return kept.length === 0 && members.length > 0 ? [] : [[kind, kept]];
  });
  return Object.fromEntries(entries);
}

function editStatement(value: Json, index: number, path: string, edits: readonly TrustEdit[]): Json {
  if (!isObject(value)) return value;
  const actions = ofKind(edits, 'actions').findLast((edit) => edit.statement === index)?.actions;
  const block = value['Condition'];
  const conditions = block === undefined || isObject(block) ? editConditions(block ?? {}, `${path}.Condition`, index, edits) : block;
  const emptied = isObject(conditions) && Object.keys(conditions).length === 0 && !(block !== undefined && sameJson(block, conditions));
  const after = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
    if (name === 'Principal') return [[name, editPrincipal(member, `${path}.Principal`, edits)]];
    if (name === 'Action' && actions !== undefined) return [[name, sameShape(member, actions)]];
    if (name === 'NotAction' && actions !== undefined) return value['Action'] === undefined ? [['Action', sameShape(member, actions)]] : [];
    if (name === 'Condition') return emptied ? [] : [[name, conditions]];
    return [[name, member]];
  });
  if (actions !== undefined && value['Action'] === undefined && value['NotAction'] === undefined)
    after.push(['Action', oneOrList(actions)]);
  if (block === undefined && !emptied) after.push(['Condition', conditions]);
  return Object.fromEntries(after);
}

/**
 * Applies edits to a trust policy: the smallest change, everything else keeps its place and order. The document itself
 * is not touched. A document that is no object comes back as it is. Values that end up under one operator and key are
 * listed together, so they are alternatives: whom that allows, the caller has to ask the evaluator.
 */
export function repairTrustPolicy(document: Json, edits: readonly TrustEdit[]): Json {
  if (!isObject(document)) return document;
  const statement = document['Statement'];
  const list: readonly Json[] = isList(statement) ? statement : statement === undefined ? [] : [statement];
  const path = (index: number): string => (isList(statement) ? `$.Statement[${index}]` : '$.Statement');
  const removed = new Set(ofKind(edits, 'remove-statement').map((edit) => edit.statement));
  const replaced = new Map(ofKind(edits, 'replace-statement').map((edit) => [edit.statement, edit.by]));
  const statements = list.flatMap((item, index) =>
    removed.has(index) ? [] : (replaced.get(index) ?? [editStatement(item, index, path(index), edits)]),
  );
  for (const edit of ofKind(edits, 'add-statement'))
    if (!statements.some((one) => sameJson(one, edit.statement))) statements.push(edit.statement);
  const version = ofKind(edits, 'version').at(-1)?.version;
  const entries = Object.entries(document).map(([name, member]): [string, Json] => {
    if (name === 'Version') return [name, version ?? member];
    if (name !== 'Statement') return [name, member];
    const [only = null] = statements;
    return [name, isList(statement) || statements.length !== 1 ? statements : only];
  });
  if (version !== undefined && document['Version'] === undefined) entries.unshift(['Version', version]);
  if (statement === undefined && statements.length > 0) entries.push(['Statement', statements]);
  return Object.fromEntries(entries);
}

/** Characters as IAM counts them for its quotas: white space between tokens left out (documented for managed and inline policies). */
export function policyLength(document: Json): number {
  return JSON.stringify(document).length;
}
