import type { Chain } from '../../src/model/report/chain.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import type { ContainerIdentity, Workload } from '../../src/model/inventory/workload.js';
import { whyNot, type WhyQuestion } from '../../src/pipeline/pipeline.js';
import { inventoryOf, SEES_ALL, type World } from './made-up-world.js';

export const ROLE = 'arn:aws:iam::210987654321:role/role-0';
export const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';
export const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';

const WEBHOOK_TOKEN = {
  volume: 'aws-iam-token',
  audience: 'sts.amazonaws.com',
  mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
};

export const container = (over: Partial<ContainerIdentity> = {}): ContainerIdentity => ({
  name: 'app',
  init: false,
  variables: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  roleArn: ROLE,
  tokenFile: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
  region: null,
  credentialsUri: null,
  // As the webhook leaves it: with the variables, or with nothing.
  tokens: over.variables?.length === 0 ? [] : [WEBHOOK_TOKEN],
  error: null,
  ...over,
});
const OF_AGENT = {
  authorizationTokenFile: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
  tokens: [
    {
      audience: 'pods.eks.amazonaws.com',
      volume: 'eks-pod-identity-token',
      mountPath: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount',
      path: 'eks-pod-identity-token',
    },
  ],
};
export const toldOfAgent = (over: Partial<ContainerIdentity> = {}): ContainerIdentity =>
  container({
    variables: ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],
    roleArn: null,
    tokenFile: null,
    credentialsUri: 'http://169.254.170.23/v1/credentials',
    ...OF_AGENT,
    ...over,
  });
export const workload = (over: Partial<Workload> = {}): Workload => ({
  namespace: 'shop',
  owner: { kind: 'Deployment', name: 'app' },
  serviceAccount: 'app',
  pods: 2,
  example: 'app-7c9d-x2x4z',
  oldest: null,
  newest: null,
  os: 'linux',
  fargate: false,
  hostNetwork: false,
  annotations: {},
  skipsWebhook: false,
  app: null,
  containers: [container()],
  ...over,
});

/** An account in which the service account shop/app of the cluster prod has its role, but for what a test changes. */
export function account(over: Partial<World> = {}, change: (prod: Cluster) => Cluster = (prod) => prod): Inventory {
  const world: World = {
    clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: false, provider: 'none' } },
    roles: ['right for prod'],
    annotated: 0,
    ...over,
  };
  const inventory = inventoryOf(world, SEES_ALL, '2026-11-24T06:00:00.000Z');
  const changed = (cluster: Cluster): Cluster =>
    cluster.name === 'prod' ? change({ ...cluster, podIdentityAssociations: known([]), workloads: known([workload()]) }) : cluster;
  return { ...inventory, regions: inventory.regions.map((one) => ({ ...one, clusters: known(seen(one.clusters).map(changed)) })) };
}
export const ASKED: WhyQuestion = { cluster: 'prod', namespace: 'shop', serviceAccount: 'app' };
export const why = (inventory: Inventory, asked: Partial<WhyQuestion> = {}): Chain =>
  whyNot(inventory, { ...ASKED, ...asked }, DEFAULT_SETTINGS);
/** The link that does not hold, and what the pod sees. */
export const brokenAt = ({ links, first, verdict }: Chain): readonly unknown[] => {
  const link = first === null ? undefined : links[first];
  return [verdict, link?.link, link?.error ?? null];
};
