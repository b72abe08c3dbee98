import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deriveFacts } from '../../src/facts/account/facts.js';
import { isObject } from '../../src/lib/is-object.js';
import { asList } from '../../src/lib/one-or-list.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';
import { PROD, trusts } from './made-up-trusts.js';

/** Keys that no token of the cluster has: of one that is gone, and as people write them. */
const KEYS = [
  'oidc.eks.eu-west-1.amazonaws.com/id/0000AAAA1111BBBB2222CCCC3333DDDD:sub',
  `https://${PROD}:sub`,
  `${PROD}/:sub`,
  `${PROD.replace('eu-west-1', 'us-east-1')}:sub`,
  '${OIDC_PROVIDER}:sub',
];
const OPERATORS = [
  'StringNotLike',
  'StringEqualsIfExists',
  'StringLikeIfExists',
  'ForAllValues:StringEquals',
  'StringNotEquals',
  'StringEquals',
];
const VALUES = ['system:serviceaccount:shop:app', 'system:serviceaccount:shop:*', 'system:serviceaccount:gone:app'];

/** Every statement with a condition beside its own. */
function beside(document: Json, operator: string, key: string, value: string): Json {
  if (!isObject(document)) return document;
  const statements = asList(document['Statement']).map((one): Json => {
    const condition = isObject(one) && isObject(one['Condition']) ? one['Condition'] : null;
    if (!isObject(one) || condition === null) return one;
    const own = isObject(condition[operator]) ? condition[operator] : {};
    return { ...one, Condition: { ...condition, [operator]: { ...own, [key]: value } } };
  });
  return { ...document, Statement: statements };
}

/** Service accounts of which a report says that a trust policy does not admit them, though the evaluator does not deny them. */
function accusedAll(given: Case): readonly string[] {
  const inventory = inventoryOfCase(given);
  const facts = deriveFacts(inventory);
  return auditInventory(inventory).findings.flatMap(({ rule, confidence, subject, related }) => {
    if (rule !== 'subject-mismatch' || confidence !== 'certain') return [];
    const role = facts.role(subject.id);
    const users = role?.users.filter(({ id }) => related.some((one) => one.id === id)) ?? [];
    return users.flatMap(({ url, audience, subject: name }) => {
      if (role === null || url === null) return [];
      const providerArn = `arn:${inventory.partition}:iam::${inventory.account}:oidc-provider/${url}`;
      const { verdict } = evaluateTrust(role.role.trustPolicy, { providerArn, issuer: `https://${url}`, audience, subject: name });
      return verdict === 'denied' ? [] : [`${name} ${verdict}`];
    });
  });
}

const added = [fc.constantFrom(...OPERATORS), fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)] as const;

describe('a service account that a trust policy is said not to admit', () => {
  it('is one that the evaluator denies', () => {
    fc.assert(
      fc.property(fc.oneof(accounts, trusts), ...added, (given, operator, key, value) => {
        const roles = (given.roles ?? []).map((one) => ({ ...one, trustPolicy: beside(one.trustPolicy, operator, key, value) }));
        expect([...accusedAll(given), ...accusedAll({ ...given, roles })]).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
