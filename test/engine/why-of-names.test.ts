import { describe, expect, it } from '@jest/globals';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { whyNot } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { HOST, policy, providerArn, roleArn } from './made-up-statements.js';

type Pod = NonNullable<Case['pods']>[number];

const TOKEN = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token';
const annotated = (name: string, role: string) => ({
  cluster: 'prod',
  namespace: 'shop',
  name,
  annotations: { 'eks.amazonaws.com/role-arn': roleArn(role) },
});
const pod = (name: string, serviceAccountName: string, owner: Pod['owner'], more: Partial<Pod> = {}): Pod => ({
  cluster: 'prod',
  namespace: 'shop',
  name,
  serviceAccountName,
  ...(owner === undefined ? {} : { owner }),
  env: { AWS_ROLE_ARN: roleArn('api'), AWS_WEB_IDENTITY_TOKEN_FILE: TOKEN },
  ...more,
});

function account(serviceAccounts: NonNullable<Case['serviceAccounts']>, pods: readonly Pod[]): Inventory {
  const subjects = ['api', 'api-wrker'].map((name) => `system:serviceaccount:shop:${name}`);
  return inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${HOST.prod}` }],
    providers: [{ arn: providerArn(HOST.prod) }],
    roles: ['api', 'api-worker'].map((name, index) => ({
      arn: roleArn(name),
      trustPolicy: policy({
        Effect: 'Allow',
        Principal: { Federated: providerArn(HOST.prod) },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${HOST.prod}:aud`]: 'sts.amazonaws.com', [`${HOST.prod}:sub`]: subjects[index] ?? '' } },
      }),
    })),
    serviceAccounts,
    pods,
  });
}

const why = (inventory: Inventory, name: string, kind: string | null = null) =>
  whyNot(inventory, { namespace: 'shop', owner: { kind, name } }, DEFAULT_SETTINGS);

describe('a name alone', () => {
  const both = [annotated('api', 'api'), annotated('api-worker', 'api-worker')];

  it.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicaSet'])(
    'is the service account that has it, and no pod of a %s whose name it begins with',
    (kind) => {
      const inventory = account(both, [pod('api-x', 'api', { kind, name: 'api' })]);
      const { target, verdict } = why(inventory, 'api-worker');
      expect([target.serviceAccount, target.pod, verdict]).toEqual(['api-worker', null, 'broken']);
      expect(() => why(inventory, 'api-frontend')).toThrow(/There is no service account, pod or workload api-frontend in namespace shop/);
    },
  );

  it.each([
    ['Deployment', 'api-6d4b75cb6d-hx8fz'],
    ['StatefulSet', 'api-0'],
    ['DaemonSet', 'api-hx8fz'],
    ['CronJob', 'api-29012345-hx8fz'],
  ])('is a pod of a %s as its controller names it', (kind, name) => {
    const inventory = account(both, [pod('api-x', 'api', { kind, name: 'api' })]);
    expect(why(inventory, name).target).toMatchObject({ serviceAccount: 'api', pod: name });
  });
});

describe('one workload of several of a service account', () => {
  it('is told what is wrong with it, and nothing of the others', () => {
    const inventory = account(
      [annotated('api', 'api')],
      [
        pod('stale-1', 'api', { kind: 'Deployment', name: 'stale' }, { env: {} }),
        pod(
          'skip-1',
          'api',
          { kind: 'Deployment', name: 'skip' },
          { env: {}, labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': 'true' } },
        ),
        pod('good-1', 'api', { kind: 'Deployment', name: 'good' }),
      ],
    );
    const told = (name: string) => why(inventory, name, 'Deployment').findings.map(({ rule, subject }) => `${rule} ${subject.id}`);
    expect(told('stale')).toEqual(['pod-not-injected prod/shop/stale']);
    expect([told('skip'), told('good')]).toEqual([[], []]);
  });
});
