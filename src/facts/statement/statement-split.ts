import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { isObject } from '../../lib/is-object.js';
import { isList, oneOrList } from '../../lib/one-or-list.js';
import type { Json } from '../../model/inventory/inventory.js';
import { WEB_IDENTITY_ACTION } from '../../policy/language/evaluate.js';
import { concerns, type Condition, type WebIdentityStatement } from './web-identity.js';

type Members = Record<string, Json>;

function statementAt(document: Json, index: number): Members {
  const statements = isObject(document) ? document['Statement'] : undefined;
  const raw = isList(statements) ? statements[index] : statements;
  return isObject(raw) ? raw : {};
}

/** The members of a condition block that are of some conditions. */
function membersOf(block: Json | undefined, conditions: readonly Condition[]): Members {
  if (!isObject(block)) return {};
  const kept = new Set(conditions.map(({ entry }) => `${entry.operator} ${entry.key}`));
  const operators = Object.entries(block).flatMap(([operator, keys]): [string, Json][] => {
    const own = isObject(keys) ? Object.entries(keys).filter(([key]) => kept.has(`${operator} ${key}`)) : [];
    return own.length === 0 ? [] : [[operator, Object.fromEntries(own)]];
  });
  return Object.fromEntries(operators);
}

/** The conditions that concern one issuer: those on its own keys, and those that belong to none of the statement's issuers. */
const conditionsFor = ({ conditions }: WebIdentityStatement, url: IssuerId): readonly Condition[] =>
  conditions.filter((one) => concerns(one, url));

/** A statement for the tokens of one issuer beside one that is for others too, with those of its conditions that a token can meet. */
export function statementBeside(
  document: Json,
  statement: WebIdentityStatement,
  url: IssuerId,
  canMeet: (condition: Condition) => boolean,
): Json {
  const block = statementAt(document, statement.statement.index)['Condition'];
  const federated = statement.federated.filter((one) => one.url === url).map(({ entry }) => entry.value);
  return {
    Effect: 'Allow',
    Principal: { Federated: oneOrList(federated) },
    Action: WEB_IDENTITY_ACTION,
    Condition: membersOf(block, conditionsFor(statement, url).filter(canMeet)),
  };
}

/**
 * One statement for each issuer in the place of one for all, so that each asks only for claims that its tokens have.
 * Statement ids must differ, so each but the first gets a number. Principals of other kinds keep the conditions as they were.
 */
export function statementForEachIssuer(document: Json, statement: WebIdentityStatement, urls: readonly IssuerId[]): Json[] {
  const raw = statementAt(document, statement.statement.index);
  const sid = statement.statement.sid;
  const split = urls.map((url, position): Json => {
    const federated = statement.federated.filter((one) => one.url === url).map(({ entry }) => entry.value);
    const Federated = oneOrList(federated);
    const id = sid === null || sid === '' || position === 0 ? {} : { Sid: `${sid}${position + 1}` };
    return { ...raw, ...id, Principal: { Federated }, Condition: membersOf(raw['Condition'], conditionsFor(statement, url)) };
  });
  const others = isObject(raw['Principal']) ? Object.entries(raw['Principal']).filter(([kind]) => kind !== 'Federated') : [];
  if (others.length === 0) return split;
  return [...split, { ...raw, ...(sid === null || sid === '' ? {} : { Sid: `${sid}Others` }), Principal: Object.fromEntries(others) }];
}
