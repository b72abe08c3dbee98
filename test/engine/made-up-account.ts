import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import type { Case } from '../cases/inventory-of-case.js';
import {
  ACCOUNT,
  HOST,
  ELSEWHERE,
  GHOST,
  roleArn,
  providerArn,
  policy,
  forPods,
  BOTH,
  STATEMENTS,
  type ClusterName,
} from './made-up-statements.js';

/** Accounts of a cluster or two in which each thing may be right or wrong by chance, and every section holds something. */

const OWN_POLICY = `arn:aws:iam::${ACCOUNT}:policy/own`;
const ROLES = ['app', 'web', 'nodes', 'ebs'] as const;
const CLUSTERS: readonly ClusterName[] = ['prod', 'lab'];
const EBS_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy';

/** One of several, the first as often as all the others. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: others.length, arbitrary: fc.constant(usual) }, { weight: others.length, arbitrary: fc.constantFrom(...others) });

const document = (actions: Json, resource: Json = '*'): Json => policy({ Effect: 'Allow', Action: actions, Resource: resource });

/** Without what is left to chance and left out. */
const present = <T extends object>(one: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(one).filter(([, given]) => given !== undefined)) as {
    readonly [K in keyof T]: Exclude<T[K], undefined>;
  };

const roles = fc.tuple(...ROLES.map((name) => roleNamed(name)));

function roleNamed(name: string): fc.Arbitrary<NonNullable<Case['roles']>[number] | null> {
  const there = fc
    .record({
      trustPolicy: fc
        .uniqueArray(fc.constantFrom(...STATEMENTS), { minLength: 1, maxLength: 2 })
        .map((statements) => policy(...statements)),
      attachedPolicies: mostly<readonly string[]>(
        [],
        [OWN_POLICY],
        [EBS_POLICY],
        ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'],
        ['arn:aws:iam::aws:policy/AdministratorAccess'],
      ),
      inlinePolicies: mostly<Readonly<Record<string, Json>>>(
        {},
        { own: document('s3:GetObject', 'arn:aws:s3:::bucket') },
        { hop: document(BOTH, [roleArn('web'), roleArn('web', ELSEWHERE)]) },
        { hop: document('sts:AssumeRole', roleArn('web', ELSEWHERE)) },
        { hop: document(BOTH), not: policy({ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' }) },
      ),
      boundary: mostly<string | undefined>(undefined, OWN_POLICY),
    })
    .map(present);
  return fc.option(there, { freq: 6, nil: null }).map((given) => (given === null ? null : { arn: roleArn(name), ...given }));
}

const VALUES = [
  ...ROLES.map((name) => roleArn(name)),
  roleArn('gone'),
  roleArn('ap'),
  roleArn('app', ELSEWHERE),
  'app',
  '',
  '<role>',
] as const;
const value = fc.constantFrom(...VALUES);

const annotations = fc
  .record({
    'eks.amazonaws.com/role-arn': fc.option(value, { freq: 3 }),
    'iam.amazonaws.com/role': fc.option(value, { freq: 1 }).map((one) => (one === '' ? null : one)),
    'eks.amazonaws.com/audience': mostly<string | null>(null, null, 'own.example', 'other.example'),
  })
  .map(
    (all) =>
      Object.fromEntries(Object.entries(all).flatMap(([key, text]) => (text === null ? [] : [[key, text]]))) as Record<string, string>,
  );

const inCluster = mostly<ClusterName>('prod', 'lab');

const accountOf = (
  cluster: ClusterName,
  namespace: string,
  name: string,
): fc.Arbitrary<NonNullable<Case['serviceAccounts']>[number] | null> =>
  fc.option(
    annotations.map((given) => ({ cluster, namespace, name, annotations: given })),
    { freq: 4, nil: null },
  );

/** What the webhook gives where an association does. */
export const OF_AGENT = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
};

const environment = mostly<Readonly<Record<string, string>>>(
  {},
  { AWS_ROLE_ARN: roleArn('app'), AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' },
  { AWS_ROLE_ARN: roleArn('web'), AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' },
  { AWS_ROLE_ARN: roleArn('app'), AWS_WEB_IDENTITY_TOKEN_FILE: '/tokens/own' },
  { AWS_ROLE_ARN: roleArn('app') },
  OF_AGENT,
  OF_AGENT,
  { AWS_CONTAINER_CREDENTIALS_FULL_URI: OF_AGENT.AWS_CONTAINER_CREDENTIALS_FULL_URI },
  { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9911/credentials' },
  {
    AWS_ROLE_ARN: roleArn('app'),
    AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
    AWS_PROFILE: 'own',
  },
);

/** Where containers find tokens: what the webhook mounts, what somebody mounts, and what lies elsewhere. */
const PLACES = [
  '/var/run/secrets/eks.amazonaws.com/serviceaccount',
  '/run/secrets/eks.amazonaws.com/serviceaccount',
  '/tokens',
  '/tokens/aws',
];
const AUDIENCES = ['sts.amazonaws.com', 'pods.eks.amazonaws.com', 'own.example', undefined] as const;
const FILES = [...PLACES.map((place) => `${place}/token`), '/var/run/secrets/kubernetes.io/serviceaccount/token', '/etc/token'];

/** A container that somebody gave a role or the agent, a token file and the mounts of tokens by hand, beside those that are as the webhook leaves them. */
const byHand: fc.Arbitrary<Pick<NonNullable<Case['pods']>[number], 'containers' | 'volumes'>> = fc
  .record({
    role: fc.constantFrom(...VALUES),
    file: fc.constantFrom(...FILES),
    mounts: fc.uniqueArray(fc.record({ mountPath: fc.constantFrom(...PLACES), audience: fc.constantFrom(...AUDIENCES) }), {
      maxLength: 2,
      selector: ({ mountPath }) => mountPath,
    }),
    keys: mostly(false, true),
    agent: mostly(false, true),
    sidecar: fc.boolean(),
  })
  .map(({ role, file, mounts, keys, agent, sidecar }) => ({
    containers: [
      {
        name: 'app',
        env: {
          ...(agent
            ? { ...OF_AGENT, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file }
            : { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: file }),
          ...(keys ? { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'own' } : {}),
        },
        volumeMounts: mounts.map(({ mountPath }, index) => ({ name: `tokens-${String(index)}`, mountPath })),
      },
      ...(sidecar ? [{ name: 'beside', env: {}, volumeMounts: [] }] : []),
    ],
    volumes: mounts.map(({ audience }, index) => ({
      name: `tokens-${String(index)}`,
      projected: { sources: [{ serviceAccountToken: { path: 'token', ...(audience === undefined ? {} : { audience }) } }] },
    })),
  }));

const pod: fc.Arbitrary<NonNullable<Case['pods']>[number]> = fc
  .record({
    cluster: inCluster,
    namespace: mostly('shop', 'kube-system'),
    name: fc.constantFrom('app', 'web', 'app-1'),
    serviceAccountName: fc.constantFrom('app', 'web', 'default', 'ap', 'ebs-csi-controller-sa'),
    env: environment,
    labels: mostly<Readonly<Record<string, string>>>(
      {},
      { app: 'app' },
      { 'eks.amazonaws.com/fargate-profile': 'own' },
      { 'eks.amazonaws.com/skip-pod-identity-webhook': 'true' },
    ),
    annotations: mostly<Readonly<Record<string, string>>>({}, { 'eks.amazonaws.com/role-arn': roleArn('app') }),
    error: mostly<string | undefined>(undefined, 'AccessDenied'),
    hand: fc.option(byHand, { freq: 2, nil: undefined }),
  })
  .map(({ hand, ...given }) => present({ ...given, ...hand }));

const association: fc.Arbitrary<NonNullable<Case['podIdentityAssociations']>[number]> = fc
  .record({
    cluster: inCluster,
    namespace: mostly('shop', 'kube-system'),
    serviceAccount: fc.constantFrom('app', 'web', 'ap', 'ebs-csi-controller-sa'),
    roleArn: fc.constantFrom(...ROLES, 'pods', 'gone').map((name) => roleArn(name)),
    disableSessionTags: mostly(false, true),
    targetRoleArn: mostly<string | undefined>(undefined, roleArn('web'), roleArn('gone'), roleArn('web', ELSEWHERE)),
    ownerArn: mostly<string | undefined>(undefined, `arn:aws:eks:eu-west-1:${ACCOUNT}:addon/prod/aws-ebs-csi-driver/0`),
  })
  .map(present);

const addon = (
  name: string,
  wants: NonNullable<NonNullable<Case['addons']>[number]['wants']>,
): fc.Arbitrary<NonNullable<Case['addons']>[number]> =>
  fc
    .record({
      cluster: inCluster,
      name: fc.constant(name),
      wants: mostly<typeof wants>(wants, []),
      status: mostly('ACTIVE', 'DEGRADED', 'CREATING', 'UPDATE_FAILED', 'CREATE_FAILED'),
      namespace: fc.constant('kube-system'),
      configured: mostly(false, true),
      role: mostly<string | undefined>(undefined, roleArn('ebs'), roleArn('gone')),
    })
    .map(present);

/** What network policies say of the agent: it is denied to all pods of a namespace, or to some, and allowed to all, or to some. */
const networkPolicy: fc.Arbitrary<NonNullable<Case['networkPolicies']>[number]> = fc
  .record({
    cluster: inCluster,
    namespace: mostly('shop', 'kube-system'),
    podSelector: mostly<object>({}, { matchLabels: { app: 'app' } }),
    egress: mostly<readonly object[]>(
      [],
      [],
      [{}],
      [{ to: [{ ipBlock: { cidr: '169.254.170.23/32' } }] }],
      [{ ports: [{ port: 'http' }] }],
    ),
    policyTypes: mostly<readonly string[]>(['Egress'], ['Egress'], ['Ingress']),
  })
  .map(({ cluster, namespace, ...spec }) => ({ cluster, metadata: { namespace, name: 'own' }, spec }));

/** The first of each key. */
const distinct = <T>(key: (one: T) => string, all: readonly T[]): readonly T[] => [...new Map(all.map((one) => [key(one), one])).values()];
const there = <T>(all: readonly (T | null)[]): readonly T[] => all.flatMap((one) => (one === null ? [] : [one]));

const parts = fc.record({
  lab: fc.boolean(),
  issuers: fc.tuple(mostly(true, true, true, false), mostly(true, false)),
  providers: fc.tuple(
    mostly<readonly string[] | null>(
      ['sts.amazonaws.com'],
      null,
      [],
      ['own.example'],
      ['sts.amazonaws.com', 'own.example'],
      ['sts.eu-west-1.amazonaws.com'],
    ),
    mostly<readonly string[] | null>(['sts.amazonaws.com'], null, ['own.example']),
    mostly<readonly string[] | null>(null, ['sts.amazonaws.com']),
    mostly<readonly string[] | null>(null, ['sts.amazonaws.com']),
  ),
  roles,
  serviceAccounts: fc.tuple(
    accountOf('prod', 'shop', 'app'),
    accountOf('prod', 'shop', 'web'),
    accountOf('lab', 'shop', 'app'),
    accountOf('prod', 'kube-system', 'ebs-csi-controller-sa'),
  ),
  terminating: mostly<readonly string[]>([], ['shop'], ['kube-system']),
  namespaces: mostly<readonly string[]>(['shop', 'kube-system'], ['kube-system']),
  pods: fc.array(pod, { maxLength: 3 }),
  associations: fc.array(association, { maxLength: 2 }),
  ebs: fc.option(addon('aws-ebs-csi-driver', [{ serviceAccount: 'ebs-csi-controller-sa', policies: [EBS_POLICY] }])),
  agent: fc.option(addon('eks-pod-identity-agent', [])),
  daemons: fc.option(fc.record({ desired: fc.constant(2), ready: mostly(2, 1, 0) })),
  webhook: mostly<{ readonly hasCaBundle: boolean } | null>({ hasCaBundle: true }, null, { hasCaBundle: false }),
  groups: mostly<readonly string[]>(['nodes'], [], ['nodes', 'gone']),
  autoMode: mostly<readonly string[]>([], [], [], ['prod']),
  own: mostly(document(['s3:GetObject']), document('*'), document('eks-auth:AssumeRoleForPodIdentity'), document('iam:*')),
  quotas: mostly(
    { trustPolicyLength: 2048, roles: 1000 },
    { trustPolicyLength: 4096, roles: 2000 },
    { trustPolicyLength: null, roles: null },
  ),
  policies: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(networkPolicy, { minLength: 1, maxLength: 2 }) },
  ),
});

/** An account, with everything that is asked of it. */
export const accounts: fc.Arbitrary<Case> = parts.map((one): Case => {
  const names = CLUSTERS.filter((name) => name === 'prod' || one.lab);
  const inside = <T extends { readonly cluster: string }>(all: readonly T[]): readonly T[] =>
    all.filter(({ cluster }) => names.some((name) => name === cluster));
  return {
    clusters: names.map((name, index) => ({
      name,
      region: name === 'prod' ? 'eu-west-1' : 'us-east-1',
      issuer: one.issuers[index] === true ? `https://${HOST[name]}` : null,
    })),
    providers: [HOST.prod, HOST.lab, GHOST, HOST.prod.toLowerCase()].flatMap((url, index) => {
      const clientIds = one.providers[index];
      return clientIds == null ? [] : [{ arn: providerArn(url), clientIds }];
    }),
    // Where no role is for EKS Pod Identity nobody makes associations, and what rules say then rests on that.
    roles: [...there(one.roles), ...(one.associations.length === 0 ? [] : [{ arn: roleArn('pods'), trustPolicy: policy(forPods(BOTH)) }])],
    serviceAccounts: inside(there(one.serviceAccounts)),
    namespaces: names.flatMap((cluster) => one.namespaces.map((name) => ({ cluster, name, terminating: one.terminating.includes(name) }))),
    pods: inside(distinct(({ cluster, namespace, name }) => `${cluster}/${namespace}/${name}`, one.pods)),
    podIdentityAssociations: inside(
      distinct(({ cluster, namespace, serviceAccount }) => `${cluster}/${namespace}/${serviceAccount}`, one.associations),
    ),
    addons: inside(there([one.ebs, one.agent])),
    agents: one.daemons === null ? [] : [{ cluster: 'prod', ...one.daemons }],
    webhooks: one.webhook === null ? [] : names.map((cluster) => ({ cluster, configuration: 'pod-identity-webhook', ...one.webhook })),
    networkPolicies: inside(one.policies),
    nodeGroups: one.groups.map((role) => ({ cluster: 'prod', name: role, role: roleArn(role) })),
    autoMode: one.autoMode,
    managedPolicies: { [OWN_POLICY]: one.own },
    quotas: one.quotas,
  };
});

const OPEN = policy(
  ...[HOST.prod, HOST.lab].map((url) => ({
    Effect: 'Allow',
    Principal: { Federated: providerArn(url) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${url}:aud`]: ['sts.amazonaws.com', 'own.example'] } },
  })),
  forPods(BOTH),
);

/** Accounts in which all is right but for what service accounts, associations and pods have: what is said is said of these. */
export const accountsRightAround: fc.Arbitrary<Case> = accounts.map((given) => ({
  ...given,
  clusters: (given.clusters ?? []).map((one) => ({ ...one, issuer: `https://${HOST[one.name as ClusterName]}` })),
  providers: [HOST.prod, HOST.lab].map((url) => ({ arn: providerArn(url), clientIds: ['sts.amazonaws.com', 'own.example'] })),
  roles: [...ROLES, 'pods'].map((name) => ({
    arn: roleArn(name),
    trustPolicy: OPEN,
    attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'],
  })),
  namespaces: (given.clusters ?? []).flatMap(({ name: cluster }) => ['shop', 'kube-system'].map((name) => ({ cluster, name }))),
  // Everybody is there whom pods run as; who was not, by an annotation that many of them follow.
  serviceAccounts: distinct(
    ({ cluster, namespace, name }) => `${cluster}/${namespace}/${name}`,
    [
      ...(given.pods ?? []).map(({ cluster, namespace, serviceAccountName: name }) => ({
        cluster,
        namespace,
        name,
        annotations: { 'eks.amazonaws.com/role-arn': roleArn('app') },
      })),
      ...(given.serviceAccounts ?? []),
    ],
  ),
  agents: (given.clusters ?? []).map(({ name: cluster }) => ({ cluster, desired: 2, ready: 2 })),
  podIdentityAssociations: (given.podIdentityAssociations ?? []).map((one) => present({ ...one, targetRoleArn: undefined })),
}));
