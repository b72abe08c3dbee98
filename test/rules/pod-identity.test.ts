import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const ACCOUNT = '210987654321';
const arn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const trusting = (service: string, more: { readonly [key: string]: Json } = {}): Json => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: ['sts:AssumeRole', 'sts:TagSession'], ...more }],
});
const CHECKOUT = { arn: arn('checkout'), trustPolicy: trusting('pods.eks.amazonaws.com') };
const ASSOCIATION = { cluster: 'prod', namespace: 'shop', serviceAccount: 'checkout', roleArn: arn('checkout'), id: 'a-1' };

function findingOf(rule: string, given: Case): Finding | undefined {
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6' }],
    roles: [CHECKOUT],
    podIdentityAssociations: [ASSOCIATION],
    ...given,
  });
  return auditInventory(inventory).findings.find((finding) => finding.rule === rule);
}

describe('pod-identity-node-permission-missing', () => {
  it.each([
    ['nobody looked into the clusters', {}],
    ['the clusters were read and no service account uses the role', { serviceAccounts: [], pods: [] }],
  ])('is high where %s: nodes have the role', (_, more: Case) => {
    const roles = [CHECKOUT, { arn: arn('nodes'), trustPolicy: trusting('ec2.amazonaws.com') }];
    const given = { roles, nodeGroups: [{ cluster: 'prod', name: 'blue', role: arn('nodes') }], ...more };
    expect(findingOf('pod-identity-node-permission-missing', given)).toMatchObject({ severity: 'high', confidence: 'likely' });
  });
});

describe('what the nodes lack', () => {
  const document = (Effect: string, Action: Json): Json => ({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*' }] });
  const ASKS = document('Allow', 'eks-auth:*');
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/limit`;

  it.each<[string, Readonly<Record<string, Json>>, Json | null, RegExp]>([
    ['a policy', { own: document('Allow', 'ec2:*') }, null, /^Attach AmazonEKSWorkerNodePolicy, /],
    [
      'that no Deny denies it',
      { own: ASKS, not: document('Deny', 'eks-auth:*') },
      null,
      /^Have the Deny .* spare eks-auth:AssumeRoleForPodIdentity\.$/,
    ],
    ['its boundary', { own: ASKS }, document('Allow', 'ec2:*'), /^Allow eks-auth:AssumeRoleForPodIdentity in its permissions boundary /],
  ])('is told by the fix: %s', (_, inlinePolicies, limit, summary) => {
    const nodes = {
      arn: arn('nodes'),
      trustPolicy: trusting('ec2.amazonaws.com'),
      inlinePolicies,
      ...(limit === null ? {} : { boundary }),
    };
    const managedPolicies = limit === null ? {} : { [boundary]: limit };
    const given = { roles: [CHECKOUT, nodes], managedPolicies, nodeGroups: [{ cluster: 'prod', name: 'blue', role: arn('nodes') }] };
    expect(findingOf('pod-identity-node-permission-missing', given as Case)?.fix?.summary).toMatch(summary);
  });
});

describe('pod-identity-agent-unhealthy', () => {
  const unwell = (status: string, daemonSet?: { readonly desired: number; readonly ready: number }): Finding | undefined => {
    const addons = [
      { cluster: 'prod', name: 'eks-pod-identity-agent', status, issues: [{ code: 'ConfigurationConflict', message: 'Conflicts found.' }] },
    ];
    return findingOf('pod-identity-agent-unhealthy', {
      addons,
      ...(daemonSet === undefined ? {} : { agents: [{ cluster: 'prod', ...daemonSet }] }),
    });
  };

  it.each([
    ['DEGRADED', undefined, 'high', 'likely'],
    ['DEGRADED', { desired: 3, ready: 2 }, 'high', 'likely'],
    ['DEGRADED', { desired: 3, ready: 3 }, 'low', 'possible'],
    ['UPDATE_FAILED', undefined, 'low', 'possible'],
    ['UPDATE_FAILED', { desired: 3, ready: 0 }, 'high', 'likely'],
    ['DELETE_FAILED', { desired: 3, ready: 3 }, 'low', 'possible'],
  ])('%s with the daemon set %j is %s and %s', (status, daemonSet, severity, confidence) => {
    expect(unwell(status, daemonSet)).toMatchObject({ severity, confidence });
  });

  it('updates the add-on without taking back what was changed in the cluster', () => {
    expect(unwell('DEGRADED')?.fix?.commands).toEqual([
      'aws eks update-addon --region eu-west-1 --cluster-name prod --addon-name eks-pod-identity-agent --resolve-conflicts PRESERVE',
    ]);
  });

  it.each([
    ['DELETE_FAILED', { desired: 3, ready: 3 }],
    ['ACTIVE', { desired: 3, ready: 0 }],
  ])('has no command that updates it where it is %s', (status, daemonSet) => {
    expect(unwell(status, daemonSet)?.fix?.commands).toEqual([]);
  });

  it('ends its sentence once', () => {
    expect(unwell('DEGRADED')?.message).toBe('The Pod Identity agent of cluster prod is DEGRADED: ConfigurationConflict: Conflicts found.');
  });
});

describe('an association whose role was not read', () => {
  it.each([
    'association-role-missing',
    'pod-identity-trust-missing',
    'pod-identity-tag-permission-missing',
    'pod-identity-condition-unmet',
    'target-role-trust-missing',
  ])('is recorded by %s as not evaluated', (rule) => {
    const inventory = inventoryOfCase({ clusters: [{ name: 'prod' }], roles: [CHECKOUT], podIdentityAssociations: [ASSOCIATION] });
    const unread = known([{ ...ASSOCIATION, roleArn: null, unread: { reason: 'denied' as const, detail: 'no' } }]);
    const regions = inventory.regions.map((region) => ({
      ...region,
      clusters: known(seen(region.clusters).map((cluster) => ({ ...cluster, podIdentityAssociations: unread }))),
    }));
    const { rules } = auditInventory({ ...inventory, regions });
    expect(rules.find(({ id }) => id === rule)).toMatchObject({ checked: 0, notEvaluated: [{ scope: 'prod', reason: 'denied' }] });
  });
});

// Each of these took minutes once: whoever makes associations must not be able to keep an audit from ending.
describe('two thousand associations of one cluster', () => {
  const MANY = Array.from({ length: 2000 }, (_, index) => ({
    ...ASSOCIATION,
    namespace: `ns-${index % 50}`,
    serviceAccount: `app-${index}`,
    id: `a-${index}`,
  }));
  const own = MANY.map((one, index) => ({ ...one, roleArn: arn(`team-role-${index}`) }));
  const rolesOf = (policy: Json): NonNullable<Case['roles']> => own.map(({ roleArn }) => ({ arn: roleArn, trustPolicy: policy }));
  const OTHER_NAMESPACE = { Condition: { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'web' } } };

  it.each([
    [
      'association-role-missing',
      {
        podIdentityAssociations: own,
        roles: own.map((_, index) => ({ arn: arn(`name-role-${index}`), trustPolicy: trusting('pods.eks.amazonaws.com') })),
      },
    ],
    [
      'pod-identity-condition-unmet',
      { podIdentityAssociations: MANY, roles: [{ ...CHECKOUT, trustPolicy: trusting('pods.eks.amazonaws.com', OTHER_NAMESPACE) }] },
    ],
    ['pod-identity-condition-unmet', { podIdentityAssociations: own, roles: rolesOf(trusting('pods.eks.amazonaws.com', OTHER_NAMESPACE)) }],
    [
      'target-role-trust-missing',
      {
        podIdentityAssociations: own.map((one) => ({ ...one, targetRoleArn: arn('data') })),
        roles: [...rolesOf(trusting('pods.eks.amazonaws.com')), { arn: arn('data'), trustPolicy: trusting('ec2.amazonaws.com') }],
      },
    ],
  ])('are judged by %s: %#', (rule, given: Case) => {
    expect(findingOf(rule, given)).toBeDefined();
  });
});

describe('a role with thousands of resources', () => {
  const resources = (name: (index: number) => string): string[] =>
    Array.from({ length: 2000 }, (_, index) => `arn:aws:s3:::${name(index)}`);
  const own = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], Resource: resources((index) => `logs-${index}`) },
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: resources((index) => `other*${index}/*`) },
    ],
  };

  it('is told by three of them, with no policy that IAM would not take', () => {
    const finding = findingOf('permission-confused', { roles: [{ ...CHECKOUT, inlinePolicies: { own } }] });
    expect(finding?.message).toMatch(/:logs-0, [^;]*; [^;]*:logs-1, [^;]*; [^;]*:logs-2, [^;]*; and 7997 more\.$/);
    expect(finding?.evidence).toHaveLength(8000);
    expect(finding?.fix?.commands).toEqual([]);
  });
});
