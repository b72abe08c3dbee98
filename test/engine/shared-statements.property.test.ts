import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { untold } from './invariants.js';
import { deniedUntold, losing } from './invariants-together.js';
import { ACCOUNT, CALLER, guardedTogether, ROLE, together } from './made-up-together.js';

/** Statements that are for several at once: whoever shares one with an issuer has none of its claims. */

const PROD = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${PROD}`;

/** What is said of a role that a statement without conditions is for: rule, whether a command is ready, and the advice. */
function told(principal: Json): readonly string[] {
  const trustPolicy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: principal,
        Action: ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole', 'sts:TagSession', 'sts:AssumeRoleWithSAML'],
      },
    ],
  };
  const inventory = inventoryOfCase({
    account: ACCOUNT,
    clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
    providers: [{ arn: PROVIDER }],
    roles: [{ arn: ROLE, trustPolicy, inlinePolicies: { own: { Statement: [] } } }],
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
  });
  return auditInventory(inventory)
    .findings.filter(({ rule }) => rule === 'audience-condition-missing')
    .map(({ fix }) => `${String(fix?.commands.length)} ${(fix?.summary ?? '').split(' ').slice(0, 2).join(' ')}`);
}

describe('a condition that a statement lacks', () => {
  it.each<[string, Json, string]>([
    ['that is for one issuer alone', { Federated: PROVIDER }, '1 Add StringEquals'],
    ['that is for Google too', { Federated: [PROVIDER, 'accounts.google.com'] }, `0 Give ${PROD}`],
    ['that is for SAML too', { Federated: [PROVIDER, `arn:aws:iam::${ACCOUNT}:saml-provider/okta`] }, `0 Give ${PROD}`],
    ['that is for a role too', { Federated: PROVIDER, AWS: CALLER }, `0 Give ${PROD}`],
    ['that is for pods of EKS Pod Identity too', { Federated: PROVIDER, Service: 'pods.eks.amazonaws.com' }, `0 Give ${PROD}`],
  ])('is added where nobody else is denied by it: one %s', (_, principal, expected) => {
    expect(told(principal)).toEqual([expected]);
  });
});

describe('one statement for several', () => {
  it('has no ready command and no advice by which others lose who are admitted today', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: together }, { weight: 1, arbitrary: guardedTogether }), (one) => {
        expect(losing(one)).toEqual([]);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100_000) / 200, seed: 20261129 },
    );
  });

  it('has a break told where a service account is denied for want of a key that only others have', () => {
    fc.assert(
      fc.property(fc.oneof(guardedTogether, together), (one) => {
        expect(deniedUntold(one)).toEqual([]);
      }),
      { numRuns: 500, seed: 20261129 },
    );
  });

  it('has a break told where nobody can assume the role', () => {
    fc.assert(
      fc.property(fc.oneof(guardedTogether, together), ({ given }) => {
        expect(untold(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: 500, seed: 20261129 },
    );
  });
});
