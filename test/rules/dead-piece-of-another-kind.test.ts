import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

type Partition = 'aws' | 'aws-cn';
const ACCOUNT = '210987654321';
const REGION = { 'aws': 'eu-west-1', 'aws-cn': 'cn-north-1' } as const;
const hostOf = (partition: Partition): string =>
  `oidc.eks.${REGION[partition]}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/id/4F7A9C02D1E85B364A6C0F9D2E7B1835`;
const roleOf = (partition: Partition): string => `arn:${partition}:iam::${ACCOUNT}:role/app`;
const subject = (name: string): string => `system:serviceaccount:shop:${name}`;

const statement = (Federated: Json, StringEquals: Readonly<Record<string, Json>>): NonNullable<Json> => ({
  Effect: 'Allow',
  Principal: { Federated },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals },
});

/** What is told of a role that the service account shop/app has, beside which there is shop/web. */
function told(statements: readonly NonNullable<Json>[], clientIds: readonly string[], partition: Partition = 'aws', pods?: Case['pods']) {
  const host = hostOf(partition);
  const given: Case = {
    partition,
    region: REGION[partition],
    clusters: [{ name: 'prod', region: REGION[partition], issuer: `https://${host}` }],
    providers: [{ arn: `arn:${partition}:iam::${ACCOUNT}:oidc-provider/${host}`, clientIds }],
    roles: [{ arn: roleOf(partition), trustPolicy: { Version: '2012-10-17', Statement: statements } }],
    serviceAccounts: [
      { cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': roleOf(partition) } },
      { cluster: 'prod', namespace: 'shop', name: 'web', annotations: {} },
    ],
    ...(pods === undefined ? {} : { pods }),
  };
  return auditInventory(inventoryOfCase(given)).findings.filter(({ subject: { type } }) => type === 'role');
}

describe('a dead statement beside a living one in China', () => {
  const HOST = hostOf('aws-cn');
  const own = `arn:aws-cn:iam::${ACCOUNT}:oidc-provider/${HOST}`;
  const BOTH = ['sts.amazonaws.com', 'sts.amazonaws.com.cn'];
  const livingFor = (aud: Json): NonNullable<Json> => statement(own, { [`${HOST}:aud`]: aud, [`${HOST}:sub`]: subject('app') });
  const DEAD = statement(own, { [`${HOST}:aud`]: BOTH, [`${HOST}:sub`]: 'system:serviceaccount:shop/app' });
  /** A pod of shop/app as the webhook makes it where tokens have the audience of China. */
  const POD: NonNullable<Case['pods']>[number] = {
    cluster: 'prod',
    namespace: 'shop',
    name: 'app-1',
    serviceAccountName: 'app',
    containers: [
      {
        name: 'app',
        env: {
          AWS_ROLE_ARN: roleOf('aws-cn'),
          AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
        },
        volumeMounts: [{ name: 'aws-iam-token', mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount' }],
      },
    ],
    volumes: [
      { name: 'aws-iam-token', projected: { sources: [{ serviceAccountToken: { audience: 'sts.amazonaws.com.cn', path: 'token' } }] } },
    ],
  };
  const severities = (living: NonNullable<Json>, clientIds: readonly string[], pods: Case['pods']): readonly unknown[] =>
    told([living, DEAD], clientIds, 'aws-cn', pods)
      .filter(({ rule }) => rule === 'subject-malformed')
      .map(({ severity }) => severity);

  it.each<[string, Json, readonly string[], Case['pods'], string]>([
    ['is untidy where the other takes either audience', BOTH, BOTH, undefined, 'low'],
    ['is untidy where the audience of China is refused in any case', 'sts.amazonaws.com', ['sts.amazonaws.com'], undefined, 'low'],
    ['is told in full where the other takes one of two that tokens may have', 'sts.amazonaws.com.cn', BOTH, undefined, 'high'],
    ['is untidy where the other takes the one that running pods have', 'sts.amazonaws.com.cn', BOTH, [POD], 'low'],
    ['is told in full where the other refuses the one that running pods have', 'sts.amazonaws.com', BOTH, [POD], 'high'],
  ])('%s', (_, aud, clientIds, pods, severity) => expect(severities(livingFor(aud), clientIds, pods)).toEqual([severity]));
});

describe('a dead piece of a statement that it shares with a principal of another kind', () => {
  const HOST = hostOf('aws');
  const own = `arn:aws:iam::${ACCOUNT}:oidc-provider/${HOST}`;
  const foreign = `arn:aws:iam::390264718853:oidc-provider/${HOST}`;
  const NAMED = { [`${HOST}:aud`]: 'sts.amazonaws.com', [`${HOST}:sub`]: subject('app') };
  const LIVING = statement(own, NAMED);
  const severities = (statements: readonly NonNullable<Json>[]): readonly unknown[] =>
    told(statements, ['sts.amazonaws.com'])
      .filter(({ rule }) => rule === 'federated-account-foreign')
      .map(({ severity }) => severity);

  it.each(['accounts.google.com', 'cognito-identity.amazonaws.com', 'www.amazon.com'])('is untidy beside %s', (domain) => {
    expect(severities([LIVING, statement([foreign, domain], { [`${domain}:aud`]: 'own-app' })])).toEqual(['low']);
    expect(severities([statement([foreign, domain], { [`${domain}:aud`]: 'own-app' })])).toEqual(['high']);
  });
});
