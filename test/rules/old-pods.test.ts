import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/report/finding.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import type { ContainerIdentity, Workload } from '../../src/model/inventory/workload.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${URL}`;
const FOLDER = '/var/run/secrets/eks.amazonaws.com/serviceaccount';
const arnOf = (name: string): string => `arn:aws:iam::210987654321:role/${name}`;

const trust = (audience: string, name = 'app') => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${URL}:aud`]: audience, [`${URL}:sub`]: `system:serviceaccount:shop:${name}` } },
    },
  ],
});

/** A container as the webhook leaves it. */
const container = (name: string, role: string, audience = 'sts.amazonaws.com'): ContainerIdentity => ({
  name,
  init: false,
  variables: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  roleArn: arnOf(role),
  tokenFile: `${FOLDER}/token`,
  region: null,
  credentialsUri: null,
  tokens: [{ audience, volume: 'aws-iam-token', mountPath: FOLDER }],
  error: null,
});

const healthy: Case = {
  clusters: [{ name: 'prod', issuer: `https://${URL}` }],
  providers: [{ arn: PROVIDER, clientIds: ['sts.amazonaws.com', 'vault'] }],
  roles: ['app', 'app-old'].map((name) => ({ arn: arnOf(name), trustPolicy: trust('sts.amazonaws.com') })),
  serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': arnOf('app') } }],
  pods: [{ cluster: 'prod', namespace: 'shop', name: 'app-1', serviceAccountName: 'app', owner: { kind: 'Deployment', name: 'app' } }],
  podIdentityAssociations: [],
};

/** What is told of the pods of an account, with these containers in them. */
function told(given: Case, containers: readonly ContainerIdentity[]): readonly Finding[] {
  const inventory = inventoryOfCase({ ...healthy, ...given });
  const changed = (workload: Workload): Workload => (containers.length === 0 ? workload : { ...workload, containers });
  const within = (cluster: Cluster): Cluster => ({ ...cluster, workloads: known(seen(cluster.workloads).map(changed)) });
  const regions = inventory.regions.map((one) => ({ ...one, clusters: known(seen(one.clusters).map(within)) }));
  return auditInventory({ ...inventory, regions } satisfies Inventory).findings.filter(({ subject }) => subject.type === 'pod');
}

const asking = (annotations: Readonly<Record<string, string>>): NonNullable<Case['serviceAccounts']> => [
  { cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': arnOf('app'), ...annotations } },
];

const words = (findings: readonly Finding[]): readonly string[] => findings.map(({ rule, severity }) => `${rule} ${severity}`);

describe('pods from before a change of their service account', () => {
  it('keep the old role in all their containers', () => {
    const findings = told({}, [container('main', 'app-old'), container('side', 'app-old')]);
    expect(words(findings)).toEqual(['pod-env-stale medium']);
    expect(findings[0]?.fix?.commands).toEqual([expect.stringContaining('kubectl rollout restart deployment/app --context arn:aws:eks:')]);
  });

  it('never have two roles from the webhook: the other one is set by hand', () => {
    expect(told({}, [container('main', 'app'), container('side', 'app-old')])).toEqual([]);
  });

  it('keep the old audience, which is told where it shuts them out', () => {
    const roles = [{ arn: arnOf('app'), trustPolicy: trust('vault') }];
    const serviceAccounts = asking({ 'eks.amazonaws.com/audience': 'vault' });
    const findings = told({ roles, serviceAccounts }, [container('main', 'app')]);
    expect(words(findings)).toEqual(['pod-env-stale high']);
    expect(findings[0]?.message).toBe(
      'The token of Deployment app (pod app-1) is for the audience sts.amazonaws.com, which denies them; their service account asks for vault.',
    );
    expect(told({ roles, serviceAccounts }, [container('main', 'app', 'vault')])).toEqual([]);
  });

  it('may have another audience as long as it is taken', () => {
    const both = { ...trust('vault'), Statement: [...trust('vault').Statement, ...trust('sts.amazonaws.com').Statement] };
    const roles = [{ arn: arnOf('app'), trustPolicy: both }];
    expect(told({ roles, serviceAccounts: asking({ 'eks.amazonaws.com/audience': 'vault' }) }, [container('main', 'app')])).toEqual([]);
  });
});

describe('pods whose successors would be shut out', () => {
  it.each<[string, Case]>([
    ['whose new role is for another service account', { roles: [{ arn: arnOf('app'), trustPolicy: trust('sts.amazonaws.com', 'other') }] }],
    ['whose new role is gone', { roles: [] }],
    ['whose provider is gone', { providers: [] }],
    ['whose provider does not take the audience', { providers: [{ arn: PROVIDER, clientIds: ['other'] }] }],
    [
      'whose association gives a role that is gone',
      { podIdentityAssociations: [{ cluster: 'prod', namespace: 'shop', serviceAccount: 'app', roleArn: arnOf('gone') }] },
    ],
  ])('%s are not to be restarted', (_, given) => {
    const findings = told(given, []);
    expect(words(findings)).toEqual(['pod-not-injected high']);
    expect(findings[0]?.fix?.commands).toEqual([]);
    expect(findings[0]?.fix?.summary).toMatch(/^Do not restart the pods yet: new pods of prod\/shop\/app are denied/);
  });

  it('go on with the old role until then', () => {
    const [finding] = told({ roles: [{ arn: arnOf('app-old'), trustPolicy: trust('sts.amazonaws.com') }] }, [container('main', 'app-old')]);
    expect([finding?.rule, finding?.severity, finding?.fix?.commands]).toEqual(['pod-env-stale', 'medium', []]);
  });

  it('are told apart by the annotation that is malformed', () => {
    const { findings } = auditInventory(
      inventoryOfCase({
        ...healthy,
        serviceAccounts: asking({ 'eks.amazonaws.com/role-arn': 'app' }),
        pods: [
          {
            cluster: 'prod',
            namespace: 'shop',
            name: 'app-1',
            serviceAccountName: 'app',
            env: { AWS_ROLE_ARN: arnOf('app'), AWS_WEB_IDENTITY_TOKEN_FILE: `${FOLDER}/token` },
          },
        ],
      }),
    );
    expect(findings.map(({ rule, related }) => [rule, related.map(({ why }) => why)])).toEqual([
      ['annotation-malformed', ['still has the role of before: a restart takes it away until the annotation is right']],
    ]);
  });
});
