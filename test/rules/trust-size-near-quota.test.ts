import { describe, expect, it } from '@jest/globals';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const statement = (name: string) => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::210987654321:oidc-provider/${URL}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com', [`${URL}:sub`]: `system:serviceaccount:shop:${name}` } },
});

function commandsFor(statements: number, quota: number, partition = 'aws'): readonly string[] | undefined {
  const Statement = Array.from({ length: statements }, (_, index) => statement(`app-${index}`));
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    providers: [{ arn: `arn:aws:iam::210987654321:oidc-provider/${URL}` }],
    roles: [{ arn: 'arn:aws:iam::210987654321:role/app', trustPolicy: { Version: '2012-10-17', Statement } }],
    quotas: { trustPolicyLength: quota, roles: 1000 },
  });
  return auditInventory({ ...inventory, partition }).findings.find(({ rule }) => rule === 'trust-size-near-quota')?.fix?.commands;
}

describe('trust-size-near-quota', () => {
  it('asks for a higher quota where the quotas of IAM are asked for, up to what all tables allow', () => {
    expect(commandsFor(4, 2048)).toEqual([expect.stringMatching(/--quota-code L-C07B4B0D --desired-value 4096 --region us-east-1$/)]);
    expect(commandsFor(4, 2048, 'aws-us-gov')).toEqual([expect.stringMatching(/--region us-gov-west-1$/)]);
    expect(commandsFor(4, 2048, 'aws-iso')).toEqual([]);
    expect(commandsFor(9, 4096)).toEqual([]);
    expect(commandsFor(4, 4096)).toBeUndefined();
  });
});
