import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { ACCOUNT, forPods, BOTH, HOST, policy, providerArn, roleArn } from './made-up-statements.js';

/**
 * A command that restarts pods mends what it is told for: recreated pods are made from the same template, and what the webhook of AWS
 * adds (`addEnvToContainer` in its pkg/handler/handler.go) is played here.
 */

type Env = Readonly<Record<string, string>>;

const AGENT = { uri: 'AWS_CONTAINER_CREDENTIALS_FULL_URI', file: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE' };
const ADDRESS = 'http://169.254.170.23/v1/credentials';
const IRSA_MOUNT = '/var/run/secrets/eks.amazonaws.com/serviceaccount';
const AGENT_MOUNT = '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount';
const SKIP = 'eks.amazonaws.com/skip-pod-identity-webhook';

interface Container {
  readonly env: Env;
  readonly mounts: readonly string[];
}

/** What templates set by hand. */
const TEMPLATES: readonly Container[] = [
  { env: {}, mounts: [] },
  { env: { AWS_ROLE_ARN: roleArn('app') }, mounts: [] },
  { env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/own/token' }, mounts: [] },
  { env: { AWS_ROLE_ARN: roleArn('web'), AWS_WEB_IDENTITY_TOKEN_FILE: '/own/token' }, mounts: ['own'] },
  { env: { AWS_ROLE_ARN: roleArn('refusing'), AWS_WEB_IDENTITY_TOKEN_FILE: '/own/token' }, mounts: ['own'] },
  { env: { [AGENT.file]: '/own/token' }, mounts: [] },
  { env: { [AGENT.uri]: ADDRESS }, mounts: [] },
  { env: { [AGENT.uri]: ADDRESS, [AGENT.file]: `${AGENT_MOUNT}/eks-pod-identity-token` }, mounts: [] },
  { env: { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'own' }, mounts: [] },
];

/** What the webhook adds to a container: by an association its two variables, else those of the annotation; the mount in any case. */
function given({ env, mounts }: Container, role: string | null): Container {
  const has = (...names: readonly string[]): boolean => names.some((name) => name in env);
  if (role === null)
    return {
      env: has(AGENT.uri, AGENT.file) ? env : { ...env, [AGENT.uri]: ADDRESS, [AGENT.file]: `${AGENT_MOUNT}/eks-pod-identity-token` },
      mounts: [...mounts, 'eks-pod-identity-token'],
    };
  const set = has('AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE');
  return {
    env: set ? env : { ...env, AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: `${IRSA_MOUNT}/token` },
    mounts: [...mounts, 'aws-iam-token'],
  };
}

const VOLUMES = [
  { name: 'aws-iam-token', at: IRSA_MOUNT, audience: 'sts.amazonaws.com', path: 'token' },
  { name: 'eks-pod-identity-token', at: AGENT_MOUNT, audience: 'pods.eks.amazonaws.com', path: 'eks-pod-identity-token' },
  { name: 'own', at: '/own', audience: 'sts.amazonaws.com', path: 'token' },
];

const podOf = (containers: readonly Container[], labels: Env): NonNullable<Case['pods']>[number] => ({
  cluster: 'prod',
  namespace: 'shop',
  name: 'api-1',
  serviceAccountName: 'app',
  owner: { kind: 'Deployment', name: 'api' },
  labels,
  containers: containers.map(({ env, mounts }, index) => ({
    name: `c${String(index)}`,
    env,
    volumeMounts: mounts.map((name) => ({ name, mountPath: VOLUMES.find((one) => one.name === name)?.at ?? '' })),
  })),
  volumes: VOLUMES.map(({ name, audience, path }) => ({ name, projected: { sources: [{ serviceAccountToken: { audience, path } }] } })),
});

const WEBHOOKS = {
  'sees all': {},
  'selects by name': {
    namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['shop'] }] },
  },
  'selects by label': { namespaceSelector: { matchLabels: { iam: 'on' } } },
} as const;
type Selecting = keyof typeof WEBHOOKS;

interface Made {
  readonly template: readonly Container[];
  /** How the running pods were made: before there was anything to give, or when the annotation named another role. */
  readonly made: 'bare' | 'old role' | 'refusing role';
  readonly way: 'annotation' | 'association' | 'both';
  readonly webhook: Selecting | 'gone' | 'no CA bundle';
  readonly isLabeled: boolean;
  readonly skips: boolean;
}

/** Whether the webhook is asked about new pods of the namespace, which has the label or not. Labels of pods are not kept: whether a selector takes these in is said, and not known. */
function looks({ webhook, isLabeled, skips }: Made): boolean {
  return !skips && (webhook === 'sees all' || (webhook === 'selects by label' && isLabeled));
}

function accountOf(one: Made, containers: readonly Container[]): Case {
  const { way, webhook, isLabeled, skips } = one;
  const trust = (name: string): Json => ({
    Effect: 'Allow',
    Principal: { Federated: providerArn(HOST.prod) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${HOST.prod}:aud`]: 'sts.amazonaws.com', [`${HOST.prod}:sub`]: `system:serviceaccount:shop:${name}` } },
  });
  const roleOf = (name: string, who: string): NonNullable<Case['roles']>[number] => ({
    arn: roleArn(name),
    trustPolicy: policy(trust(who), forPods(BOTH)),
  });
  const more = webhook === 'gone' || webhook === 'no CA bundle' ? {} : WEBHOOKS[webhook];
  return {
    account: ACCOUNT,
    clusters: [{ name: 'prod', region: 'eu-west-1', issuer: `https://${HOST.prod}` }],
    providers: [{ arn: providerArn(HOST.prod) }],
    roles: [roleOf('app', 'app'), roleOf('web', 'app'), roleOf('refusing', 'other')],
    serviceAccounts: [
      {
        cluster: 'prod',
        namespace: 'shop',
        name: 'app',
        annotations: way === 'association' ? {} : { 'eks.amazonaws.com/role-arn': roleArn('app') },
      },
      { cluster: 'prod', namespace: 'shop', name: 'other', annotations: {} },
    ],
    podIdentityAssociations:
      way === 'annotation' ? [] : [{ cluster: 'prod', namespace: 'shop', serviceAccount: 'app', roleArn: roleArn('app') }],
    addons: [{ cluster: 'prod', name: 'eks-pod-identity-agent' }],
    agents: [{ cluster: 'prod', desired: 2, ready: 2 }],
    namespaces: [{ cluster: 'prod', name: 'shop', labels: isLabeled ? { iam: 'on' } : {} }],
    mutatingWebhooks:
      webhook === 'gone'
        ? []
        : [
            {
              cluster: 'prod',
              metadata: { name: 'pod-identity-webhook' },
              webhooks: [
                {
                  name: 'iam-for-pods.amazonaws.com',
                  clientConfig: { caBundle: webhook === 'no CA bundle' ? '' : 'bundle' },
                  rules: [{ operations: ['CREATE'], resources: ['pods'] }],
                  ...more,
                },
              ],
            },
          ],
    pods: [podOf(containers, skips ? { [SKIP]: 'true' } : {})],
  };
}

/** The pods as they run, and recreated. */
function beforeAndAfter(one: Made): readonly [Case, Case] {
  const { template, made, way } = one;
  const old = made === 'old role' ? 'web' : 'refusing';
  const before = made === 'bare' || one.skips ? template : template.map((container) => given(container, roleArn(old)));
  const after = looks(one) ? template.map((container) => given(container, way === 'annotation' ? roleArn('app') : null)) : template;
  return [accountOf(one, before), accountOf(one, after)];
}

const restarts = ({ fix }: Finding): boolean => fix?.commands.some((command) => command.includes(' rollout restart ')) === true;

const findingsOf = (account: Case): readonly Finding[] => auditInventory(inventoryOfCase(account)).findings;

const made: fc.Arbitrary<Made> = fc.record({
  template: fc.array(fc.constantFrom(...TEMPLATES), { minLength: 1, maxLength: 2 }),
  made: fc.constantFrom('bare', 'old role', 'refusing role'),
  way: fc.constantFrom('annotation', 'association', 'both'),
  webhook: fc.constantFrom<Made['webhook']>('sees all', 'sees all', 'selects by name', 'selects by label', 'gone', 'no CA bundle'),
  isLabeled: fc.boolean(),
  skips: fc.constantFrom(false, false, false, true),
});

describe('a command that restarts pods', () => {
  it('mends what it is told for', () => {
    fc.assert(
      fc.property(made, (one) => {
        const [before, after] = beforeAndAfter(one);
        const told = findingsOf(before).filter(restarts);
        // That there is an annotation beside an association stays worth a word.
        const left = new Set(findingsOf(after).flatMap(({ fingerprint, severity }) => (severity === 'info' ? [] : [fingerprint])));
        expect(told.filter(({ fingerprint }) => left.has(fingerprint)).map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
      }),
      { numRuns: 250, seed: 20261130 },
    );
  });

  it('is there where pods would be as they should', () => {
    const all = fc.sample(made, { numRuns: 250, seed: 20261130 });
    expect(all.filter((one) => findingsOf(beforeAndAfter(one)[0]).some(restarts)).length).toBeGreaterThan(20);
  });
});
