import { describe, expect, it } from '@jest/globals';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';

/** What is told of a role that names service accounts, of which none is in the cluster. */
function told(...names: readonly string[]): readonly string[] {
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    providers: [{ arn: `arn:aws:iam::210987654321:oidc-provider/${URL}` }],
    roles: [
      {
        arn: 'arn:aws:iam::210987654321:role/checkout',
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: `arn:aws:iam::210987654321:oidc-provider/${URL}` },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: {
                StringEquals: {
                  [`${URL}:aud`]: 'sts.amazonaws.com',
                  [`${URL}:sub`]: names.map((name) => `system:serviceaccount:shop:${name}`),
                },
              },
            },
          ],
        },
      },
    ],
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'default' }],
  });
  return auditInventory(inventory)
    .findings.filter(({ rule }) => rule === 'service-account-missing')
    .map(({ message }) => message);
}

describe('a service account that is not there', () => {
  it('is all that the trust policy lets in', () => {
    expect(told('billing')).toEqual([
      'Cluster prod has no service account shop:billing, which is all that the trust policy of checkout allows.',
    ]);
  });

  it('is one of those that the trust policy lets in, none of which is there', () => {
    const of = (name: string): string =>
      `Cluster prod has no service account shop:${name}, which the trust policy of checkout allows; the others that it names are not there either.`;
    expect(told('billing', 'invoices')).toEqual([of('billing'), of('invoices')]);
  });
});
