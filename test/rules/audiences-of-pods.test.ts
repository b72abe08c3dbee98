import { describe, expect, it } from '@jest/globals';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const ACCOUNT = '210987654321';
const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/vault`;
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${URL}`;

/** A role for one service account, which has it by variables and a token that were set by hand. */
function byHand(
  audience: string,
  { clientIds, demanded }: { readonly clientIds: readonly string[]; readonly demanded: string },
): Inventory {
  const given: Case = {
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    providers: [{ arn: PROVIDER, clientIds }],
    roles: [
      {
        arn: ROLE,
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: PROVIDER },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: { StringEquals: { [`${URL}:aud`]: demanded, [`${URL}:sub`]: 'system:serviceaccount:shop:vault' } },
            },
          ],
        },
      },
    ],
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'vault' }],
    pods: [
      {
        cluster: 'prod',
        namespace: 'shop',
        name: 'vault-1',
        serviceAccountName: 'vault',
        env: { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: '/tokens/aws/token' },
      },
    ],
  };
  const inventory = structuredClone(inventoryOfCase(given));
  const [cluster] = seen(inventory.regions[0]!.clusters);
  for (const { containers } of seen(cluster!.workloads))
    for (const container of containers) Object.assign(container, { tokens: [{ audience, volume: 'token', mountPath: '/tokens/aws' }] });
  return inventory;
}

const about = (inventory: Inventory) =>
  auditInventory(inventory)
    .findings.filter(({ rule }) => /audience/.test(rule))
    .map(({ rule, confidence }) => `${rule} ${confidence}`);

describe('the audience of a token that was set by hand', () => {
  it('is right where provider and role have it', () => {
    expect(about(byHand('vault.internal', { clientIds: ['vault.internal'], demanded: 'vault.internal' }))).toEqual([]);
  });

  it('is what the provider lacks where the role requires it', () => {
    expect(about(byHand('vault.internal', { clientIds: ['sts.amazonaws.com'], demanded: 'vault.internal' }))).toEqual([
      'provider-audience-missing certain',
    ]);
  });

  it('is what the role lacks where the provider lists it', () => {
    expect(about(byHand('vault.internal', { clientIds: ['vault.internal'], demanded: 'sts.amazonaws.com' }))).toEqual([
      'audience-mismatch certain',
    ]);
  });
});
