import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen, unknown } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { SECTIONS } from '../cases/unread-sections.js';
import { allow, named, PROD, provider, ROLE } from './role-under-test.js';

/** A role whose subject has a wildcard that is none, and the service account that is meant by it. */
const account: Case = {
  clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
  providers: [{ arn: provider(PROD) }],
  roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [allow(PROD, named(PROD, 'system:serviceaccount:shop:ap*'))] } }],
  serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
};

const without = (inventory: Inventory, name: string): Inventory =>
  SECTIONS.find((section) => section.name === name)?.without(inventory) ?? inventory;

const repairOf = (inventory: Inventory, rule: string): Finding['fix'] | undefined =>
  auditInventory(inventory).findings.find((one) => one.rule === rule)?.fix;

describe('the repair of a trust policy', () => {
  const whole = inventoryOfCase(account);
  const commands = (inventory: Inventory): number | undefined => repairOf(inventory, 'subject-wildcard-in-equals')?.commands.length;

  it('is ready where it was read who carries the role, and where nobody asked', () => {
    expect(commands(whole)).toBe(1);
    const { serviceAccounts, ...unasked } = account;
    expect(serviceAccounts).toHaveLength(1);
    expect(commands(inventoryOfCase(unasked))).toBe(1);
  });

  it.each(['service accounts', 'cluster details', 'cluster lists'])('is told and not ready without %s', (section) => {
    expect(commands(without(whole, section))).toBe(0);
  });

  it.each(['quotas', 'managed policies', 'workloads', 'associations'])('is as ready without %s, on which it does not rest', (section) => {
    expect(commands(without(whole, section))).toBe(1);
  });
});

const SUBJECT = 'system:serviceaccount:shop:app';

describe('the repair of a trust policy that names an issuer of nobody too', () => {
  const given = inventoryOfCase({
    ...account,
    roles: [
      {
        arn: ROLE,
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [
            allow(PROD, { ...named(PROD, SUBJECT), StringLike: { [`${PROD}:sub`]: 'system:serviceaccount:shop:web*' } }),
            allow(PROD.toLowerCase(), named(PROD.toLowerCase(), SUBJECT)),
          ],
        },
      },
    ],
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: {} }],
    podIdentityAssociations: [{ cluster: 'prod', namespace: 'shop', serviceAccount: 'app', roleArn: ROLE }],
  });

  it.each<[string, Inventory['regionList']]>([
    ['were listed', given.regionList],
    ['were not', unknown('throttled', 'broke off', seen(given.regionList))],
  ])('is told, and not ready: it brings to light what is said where all regions %s', (_what, regionList) => {
    expect(repairOf({ ...given, regionList }, 'pod-identity-trust-missing')).toMatchObject({ commands: [] });
  });
});

describe('the repair of a provider', () => {
  const lacking = inventoryOfCase({ ...account, providers: [{ arn: provider(PROD), clientIds: ['other'] }] });
  const commands = (inventory: Inventory): number | undefined => repairOf(inventory, 'provider-audience-missing')?.commands.length;

  it('is ready where the roles were read that it opens', () => {
    expect(commands(lacking)).toBeGreaterThan(0);
    expect(commands(without(lacking, 'roles'))).toBe(0);
  });
});
