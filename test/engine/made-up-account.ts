import fc from 'fast-check';
import type { Json } from '../../src/model/inventory.js';
import type { Case } from '../cases/inventory-of-case.js';

/** Accounts of a cluster or two in which each thing may be right or wrong by chance, and every section holds something. */

const ACCOUNT = '210987654321';
const HOST = {
  prod: 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835',
  lab: 'oidc.eks.us-east-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49',
} as const;
const GHOST = 'oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000';
type ClusterName = keyof typeof HOST;

const roleArn = (name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`;
const providerArn = (url: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;
const policy = (...Statement: readonly Json[]): Json => ({ Version: '2012-10-17', Statement });
const subject = (name: string, namespace = 'shop'): string => `system:serviceaccount:${namespace}:${name}`;

function web(url: string, sub: Json, aud: Json = 'sts.amazonaws.com', more: Readonly<Record<string, Json>> = {}): Json {
  return {
    Effect: 'Allow',
    Principal: { Federated: providerArn(url) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${url}:aud`]: aud, ...(sub === null ? {} : { [`${url}:sub`]: sub }) }, ...more },
  };
}

const forPods = (Action: Json, Condition?: Json): Json => ({
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action,
  ...(Condition === undefined ? {} : { Condition }),
});
const BOTH = ['sts:AssumeRole', 'sts:TagSession'];

/** Statements of trust policies, by what is to be said of them. */
const STATEMENTS: readonly Json[] = [
  web(HOST.prod, subject('app')),
  web(HOST.prod, subject('app')),
  web(HOST.prod, [subject('app'), subject('web')]),
  web(HOST.prod, subject('web')),
  web(HOST.prod, subject('ap')),
  web(HOST.prod, subject('ebs-csi-controller-sa', 'kube-system')),
  web(HOST.prod, subject('app-*')),
  web(HOST.prod, subject('App')),
  web(HOST.prod, 'system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT'),
  web(HOST.prod, subject('app'), 'own.example'),
  web(HOST.prod, subject('app'), ['sts.amazonaws.com', 'own.example']),
  web(HOST.prod, subject('app'), 'sts.amazonaws.com', { StringLike: { [`${HOST.prod}:sub`]: subject('web*') } }),
  web(HOST.prod, null),
  web(HOST.prod, null, 'sts.amazonaws.com', { StringLike: { [`${HOST.prod}:sub`]: subject('*', '*') } }),
  web(HOST.lab, subject('app')),
  web(HOST.lab, subject('app'), 'own.example'),
  web(GHOST, subject('app')),
  web('oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E', subject('app')),
  web(HOST.prod.toLowerCase(), subject('app')),
  {
    Effect: 'Allow',
    Principal: { Federated: 'arn:aws:iam::${ACCOUNT_ID}:oidc-provider/${OIDC_PROVIDER}' },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { '${OIDC_PROVIDER}:sub': subject('app') } },
  },
  forPods(BOTH),
  forPods(BOTH),
  forPods('sts:AssumeRole'),
  forPods(BOTH, { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'other' } }),
  { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: BOTH },
  { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' },
  web('token.actions.githubusercontent.com', 'repo:acme/shop:*'),
];

const OWN_POLICY = `arn:aws:iam::${ACCOUNT}:policy/own`;
const ROLES = ['app', 'web', 'nodes', 'ebs'] as const;
const CLUSTERS: readonly ClusterName[] = ['prod', 'lab'];
const EBS_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy';

/** One of several, the first as often as all the others. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: others.length, arbitrary: fc.constant(usual) }, { weight: others.length, arbitrary: fc.constantFrom(...others) });

const document = (actions: Json, resource: Json = '*'): Json => policy({ Effect: 'Allow', Action: actions, Resource: resource });

const roles = fc.tuple(...ROLES.map((name) => roleNamed(name)));

function roleNamed(name: string): fc.Arbitrary<NonNullable<Case['roles']>[number] | null> {
  const there = fc.record({
    trustPolicy: fc.uniqueArray(fc.constantFrom(...STATEMENTS), { minLength: 1, maxLength: 2 }).map((statements) => policy(...statements)),
    attachedPolicies: mostly<readonly string[]>(
      [],
      [OWN_POLICY],
      [EBS_POLICY],
      ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'],
      ['arn:aws:iam::aws:policy/AdministratorAccess'],
    ),
    inlinePolicies: mostly<Readonly<Record<string, Json>>>({}, { own: document('s3:GetObject', 'arn:aws:s3:::bucket') }),
  });
  return fc.option(there, { freq: 6, nil: null }).map((given) => (given === null ? null : { arn: roleArn(name), ...given }));
}

const VALUES = [
  ...ROLES.map((name) => roleArn(name)),
  roleArn('gone'),
  roleArn('ap'),
  roleArn('app', '111122223333'),
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

/** Without what is left to chance and left out. */
const present = <T extends object>(one: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(one).filter(([, given]) => given !== undefined)) as {
    readonly [K in keyof T]: Exclude<T[K], undefined>;
  };

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

const environment = mostly<Readonly<Record<string, string>>>(
  {},
  { AWS_ROLE_ARN: roleArn('app'), AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' },
  { AWS_ROLE_ARN: roleArn('web'), AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' },
  { AWS_ROLE_ARN: roleArn('app'), AWS_WEB_IDENTITY_TOKEN_FILE: '/tokens/own' },
  { AWS_ROLE_ARN: roleArn('app') },
  { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' },
  {
    AWS_ROLE_ARN: roleArn('app'),
    AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
    AWS_PROFILE: 'own',
  },
);

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
  })
  .map(present);

const association: fc.Arbitrary<NonNullable<Case['podIdentityAssociations']>[number]> = fc
  .record({
    cluster: inCluster,
    namespace: mostly('shop', 'kube-system'),
    serviceAccount: fc.constantFrom('app', 'web', 'ap', 'ebs-csi-controller-sa'),
    roleArn: fc.constantFrom(...ROLES, 'pods', 'gone').map((name) => roleArn(name)),
    disableSessionTags: mostly(false, true),
    targetRoleArn: mostly<string | undefined>(undefined, roleArn('web')),
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
    nodeGroups: one.groups.map((role) => ({ cluster: 'prod', name: role, role: roleArn(role) })),
    autoMode: one.autoMode,
    managedPolicies: { [OWN_POLICY]: one.own },
    quotas: one.quotas,
  };
});
