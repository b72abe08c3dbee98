import { describe, expect, it } from '@jest/globals';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${URL}`;
const ROLE = 'arn:aws:iam::210987654321:role/app';

/** A role that is open to more than use it: one service account is annotated, and pods of another name the role themselves. */
function patchOf(condition: Readonly<Record<string, Readonly<Record<string, string>>>>): unknown {
  const trustPolicy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Federated: PROVIDER }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition }],
  };
  const { findings } = auditInventory(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: `https://${URL}` }],
      providers: [{ arn: PROVIDER }],
      roles: [{ arn: ROLE, trustPolicy }],
      serviceAccounts: [
        { cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } },
        { cluster: 'prod', namespace: 'shop', name: 'job', annotations: {} },
      ],
      pods: [
        {
          cluster: 'prod',
          namespace: 'shop',
          name: 'job-1',
          serviceAccountName: 'job',
          containers: [
            {
              name: 'job',
              env: { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: '/tokens/own/token' },
              volumeMounts: [{ name: 'own', mountPath: '/tokens/own' }],
            },
          ],
          volumes: [{ name: 'own', projected: { sources: [{ serviceAccountToken: { audience: 'sts.amazonaws.com', path: 'token' } }] } }],
        },
      ],
    }),
  );
  return findings.find(({ kind }) => kind === 'exposure')?.fix?.patches[0]?.after ?? null;
}

const AUD = { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com' } };

describe('what closes an open subject', () => {
  it.each([
    ['a pattern for all', { ...AUD, StringLike: { [`${URL}:sub`]: 'system:serviceaccount:*:*' } }],
    ['a pattern for a namespace', { ...AUD, StringLike: { [`${URL}:sub`]: 'system:serviceaccount:shop:*' } }],
    ['no condition on the subject', AUD],
  ])('keeps whoever uses the role, pods that name it themselves too: %s', (_, condition) => {
    const after = patchOf(condition);
    const verdicts = ['app', 'job', 'other'].map(
      (name) =>
        evaluateTrust(after as never, {
          providerArn: PROVIDER,
          issuer: `https://${URL}`,
          audience: 'sts.amazonaws.com',
          subject: `system:serviceaccount:shop:${name}`,
        }).verdict,
    );
    expect(verdicts).toEqual(['allowed', 'allowed', 'denied']);
  });
});
