import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/finding.js';
import type { Json } from '../../src/model/inventory.js';
import { auditInventory } from '../../src/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const ACCOUNT = '210987654321';
const arn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const TRUSTED = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] };
const policy = (...statements: readonly Json[]): Json => ({ Version: '2012-10-17', Statement: statements });
const SEND = policy({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' });

const association = (more: Partial<NonNullable<Case['podIdentityAssociations']>[number]> = {}) => ({
  cluster: 'prod',
  namespace: 'shop',
  serviceAccount: 'checkout',
  roleArn: arn('checkout'),
  id: 'a-1',
  ...more,
});

function findingsOf(rule: string, given: Case): readonly Finding[] {
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6' }],
    podIdentityAssociations: [association()],
    ...given,
  });
  return auditInventory(inventory).findings.filter((finding) => finding.rule === rule);
}

function findingOf(rule: string, given: Case): Finding {
  const [finding] = findingsOf(rule, given);
  if (finding === undefined) throw new Error(`${rule} found nothing`);
  return finding;
}

const commandsOf = (rule: string, given: Case): readonly string[] => findingOf(rule, given).fix?.commands ?? [];

describe('a policy that a role gets beside those it has', () => {
  const CONFUSED = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::logs' });

  it('has a name that no policy of the role has, which the command would replace', () => {
    const inlinePolicies = { 'own': CONFUSED, 'checkout-missing': SEND, 'checkout-missing-2': SEND };
    const [command] = commandsOf('permission-confused', {
      roles: [{ arn: arn('checkout'), trustPolicy: policy(TRUSTED), inlinePolicies }],
    });
    expect(command).toContain('--policy-name checkout-missing-3 ');
  });

  it('has a name of 128 characters at most, whatever the role is called', () => {
    const name = 'r'.repeat(126);
    const inlinePolicies = { own: CONFUSED, [`${name}-m`]: SEND };
    const [command = ''] = commandsOf('permission-confused', { roles: [{ arn: arn(name), trustPolicy: policy(TRUSTED), inlinePolicies }] });
    expect(command).toContain(`--policy-name ${'r'.repeat(126)}-2 `);
  });

  it('replaces nothing where a role is to be let ask for its target role', () => {
    const given = {
      roles: [
        { arn: arn('checkout'), trustPolicy: policy(TRUSTED), inlinePolicies: { 'assume-data': SEND } },
        {
          arn: arn('data'),
          trustPolicy: policy({
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
            Action: ['sts:AssumeRole', 'sts:TagSession'],
          }),
        },
      ],
      podIdentityAssociations: [association({ targetRoleArn: arn('data') })],
    };
    expect(commandsOf('target-role-trust-missing', given)[0]).toContain('--policy-name assume-data-2 ');
  });
});
