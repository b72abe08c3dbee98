import { describe, expect, it } from '@jest/globals';
import { InventoryError, parseInventory, printInventory } from '../src/saved/inventory-file.js';
import { isInert } from '../src/lib/escape-text.js';
import { seen, unknown } from '../src/model/inventory/observed.js';
import { inventoryOfCase } from './cases/inventory-of-case.js';

const inventory = {
  ...inventoryOfCase({
    clusters: [
      { name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6' },
      { name: 'dark', unread: 'throttled' },
    ],
    providers: [{ arn: 'arn:aws:iam::210987654321:oidc-provider/gitlab.com', unread: 'denied' }],
    roles: [
      {
        arn: 'arn:aws:iam::210987654321:role/odd',
        trustPolicy: 'not JSON',
        lastUsed: '2026-10-01T00:00:00.000Z',
        inlinePolicies: { own: { Statement: [] } },
      },
    ],
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app' }],
    podIdentityAssociations: [{ cluster: 'prod', namespace: 'shop', serviceAccount: 'app', roleArn: 'arn:aws:iam::210987654321:role/odd' }],
  }),
  managedPolicies: unknown('out-of-time', 'page 3', []),
};

describe('a saved inventory', () => {
  it('comes back as it was', () => {
    expect(parseInventory(printInventory(inventory))).toEqual(inventory);
  });

  it('holds nothing that acts in a terminal, and comes back all the same', () => {
    const hostile = { ...inventory, notes: ['\u001b[2J \u009b2J \u202e \u{e0041}'] };
    expect(isInert(printInventory(hostile).replaceAll('\n', ''))).toBe(true);
    expect(parseInventory(printInventory(hostile))).toEqual(hostile);
  });

  it('may hold fields of a later version', () => {
    expect(parseInventory(JSON.stringify({ ...inventory, later: true }))).toEqual(inventory);
  });
});

describe('what is no inventory', () => {
  const message = (text: string): string => {
    try {
      parseInventory(text, 'saved.json');
    } catch (error) {
      expect(error).toBeInstanceOf(InventoryError);
      return (error as Error).message;
    }
    throw new Error('it was taken');
  };

  it('says that the text is not JSON, and how to make one', () => {
    expect(message('{')).toMatch(/^saved\.json is not JSON \(.*\)\. Make one with: irsa-auditor collect/);
  });

  it.each([
    ['$.account', { ...inventory, account: '12' }, 'twelve digits'],
    ['$.collectedAt', { ...inventory, collectedAt: 'yesterday' }, ''],
    ['$.schemaVersion', { ...inventory, schemaVersion: 2 }, ''],
    [
      '$.regions[0].clusters.value[0].name',
      { ...inventory, regions: [{ region: 'eu-west-1', clusters: { known: true, value: [{ region: 'eu-west-1' }] } }] },
      '',
    ],
    ['$.providers.reason', { ...inventory, providers: { known: false, reason: 'tired', detail: '' } }, ''],
    ['$.roles', { ...inventory, roles: undefined }, ''],
    [
      '$.roles.value[0].trustPolicy',
      { ...inventory, roles: { known: true, value: seen(inventory.roles).map((role) => ({ ...role, trustPolicy: undefined })) } },
      'expected JSON',
    ],
  ])('names the path %s', (path, value, hint) => {
    const text = message(JSON.stringify(value));
    expect(text).toContain(`  ${path}: `);
    expect(text).toContain(hint);
  });

  it('shows five problems and counts the rest', () => {
    expect(message('{}')).toMatch(/(\n {2}\$\.\w+: .*){5}\n {2}and \d+ more$/);
  });
});
