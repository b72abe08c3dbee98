import { describe, expect, it } from '@jest/globals';
import type { Inventory, Role } from '../../src/model/inventory/inventory.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { caseOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const inventory = inventoryOfCase(caseOf('provider-orphaned', 'bad-cluster-is-gone'));

const found = (of: Inventory) => auditInventory(of).findings.filter(({ rule }) => rule === 'provider-orphaned');

const DAY_BEFORE = '2026-10-31T00:00:00.000Z';
const [, provider] = seen(inventory.providers);
const roleOf = (createdAt: string): Role => ({
  arn: 'arn:aws:iam::210987654321:role/left',
  name: 'left',
  path: '/',
  createdAt,
  trustPolicy: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Federated: provider?.arn ?? '' }, Action: 'sts:AssumeRoleWithWebIdentity' }],
  },
  inlinePolicies: [],
  attachedPolicyArns: [],
  permissionsBoundaryArn: null,
  tags: {},
  lastUsed: null,
});

describe('a provider of no cluster', () => {
  it('is deleted by no command: whose cluster it is for is a guess', () => {
    expect(found(inventory).map(({ fix }) => fix?.commands)).toEqual([[]]);
  });

  it('is likely a left-over only where the roles that trust it are old enough to have been used', () => {
    const madeAt = (createdAt: string): Inventory => ({ ...inventory, roles: known([roleOf(createdAt)]) });
    expect(found(madeAt('2025-01-01T00:00:00.000Z')).map(({ confidence }) => confidence)).toEqual(['likely']);
    expect(found(madeAt(DAY_BEFORE)).map(({ confidence }) => confidence)).toEqual(['possible']);
  });

  it('is none where it was made lately', () => {
    const providers = seen(inventory.providers).map((one) =>
      one.detail.known ? { ...one, detail: known({ ...one.detail.value, createdAt: DAY_BEFORE }) } : one,
    );
    expect(found({ ...inventory, providers: known(providers) })).toEqual([]);
  });
});
