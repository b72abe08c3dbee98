import { isObject } from '../../lib/is-object.js';
import { asList } from '../../lib/one-or-list.js';
import type { Json } from '../../model/inventory/inventory.js';

/** Values and blocks of Terraform. */

/** In a string of HCL these stand for themselves; all else is an escape, `$` and `%` too, which begin a template. */
const ACTS_IN_HCL = /[^A-Za-z0-9 _.:/@,=+*?()[\]{}<>;~^&|!#'-]/gu;

/** A JSON value as one expression of HCL, on one line. */
export function asHcl(value: Json): string {
  if (typeof value === 'string') {
    const code = (char: string): string => {
      const point = char.codePointAt(0) ?? 0;
      return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;
    };
    return `"${value.replace(ACTS_IN_HCL, code)}"`;
  }
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(asHcl).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${asHcl(key)} = ${asHcl(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

type Attributes = Readonly<Record<string, Json>>;

/** A block as `terraform fmt` writes it: attributes, then the blocks in it, each after an empty line. */
export function block(head: string, attributes: Attributes, blocks: readonly (readonly string[])[] = []): readonly string[] {
  const widest = Math.max(0, ...Object.keys(attributes).map(({ length }) => length));
  const own = Object.entries(attributes).map(([key, value]) => `${key.padEnd(widest)} = ${asHcl(value)}`);
  const inside = [...own, ...blocks.flatMap((lines) => ['', ...lines])];
  return [`${head} {`, ...inside.map((line) => (line === '' ? '' : `  ${line}`)), '}'];
}

/** How `aws_iam_policy_document` calls what a statement has as a list of texts. */
const LISTS: Readonly<Record<string, string>> = {
  Action: 'actions',
  NotAction: 'not_actions',
  Resource: 'resources',
  NotResource: 'not_resources',
};
const PRINCIPALS: Readonly<Record<string, string>> = { Principal: 'principals', NotPrincipal: 'not_principals' };

type Block = readonly string[];
type Members = Readonly<Record<string, Json>>;
const isMembers = (value: Json): value is Members => isObject(value);

/** A whole list; null where something in it is. */
const whole = <T>(list: readonly (T | null)[]): readonly T[] | null => (list.every((one): one is T => one !== null) ? list : null);

/** A list of texts, as that takes truth values and numbers too; null where there is something else, nothing, or `&{`, which it reads as `${`. */
function texts(value: Json): readonly string[] | null {
  const list = asList(value).map((one) => (typeof one === 'object' || String(one).includes('&{') ? null : String(one)));
  return list.length === 0 ? null : whole(list);
}

/** The blocks of one name, one for each member. */
function blocksOf(
  name: string,
  members: Members,
  attributes: (key: string, list: readonly string[]) => Attributes,
): readonly Block[] | null {
  return whole(
    Object.entries(members).map(([key, value]) => {
      const list = texts(value);
      return list === null || texts(key) === null ? null : block(name, attributes(key, list));
    }),
  );
}

/** A condition is a block for each operator and key. */
function conditionBlocks(operators: Members): readonly Block[] | null {
  const ofEach = Object.entries(operators).map(([test, keys]) =>
    isMembers(keys) ? blocksOf('condition', keys, (variable, values) => ({ test, variable, values })) : null,
  );
  return whole(ofEach)?.flat() ?? null;
}

/** What is a block of its own in a statement; null where it cannot be one. */
function blocksFor(key: string, value: Json): readonly Block[] | null {
  // There `*` is a principal of its own kind.
  const members = value === '*' ? { '*': '*' } : value;
  const name = PRINCIPALS[key];
  if (!isMembers(members)) return null;
  if (key === 'Condition') return conditionBlocks(members);
  return name === undefined ? null : blocksOf(name, members, (type, identifiers) => ({ type, identifiers }));
}

/**
 * A statement of a policy as a block of the data source `aws_iam_policy_document`; null where it has something that this has not.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function statementBlock(statement: Json): Block | null {
  if (!isMembers(statement)) return null;
  const attributes: Record<string, Json> = {};
  const blocks: Block[] = [];
  for (const [key, value] of Object.entries(statement)) {
    const [list, name] = [texts(value), LISTS[key]];
    if (name !== undefined && list !== null) attributes[name] = list;
    else if ((key === 'Sid' || key === 'Effect') && typeof value === 'string' && list !== null) attributes[key.toLowerCase()] = value;
    else {
      const some = blocksFor(key, value);
      if (some === null) return null;
      blocks.push(...some);
    }
  }
  return block('statement', attributes, blocks);
}
