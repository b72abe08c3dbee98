import type { Cluster, Inventory, Json, ManagedPolicy, OidcProvider, Role } from '../src/model/inventory/inventory.js';
import { NOTHING_INSIDE } from '../src/model/contract/sections.js';
import { known } from '../src/model/inventory/observed.js';
import { brokenTrust, DEFECTS, trustOf, type PlantedWorkload } from './defects.js';
import { rolesOfAddons, withAddons } from './generate-addons.js';
import { Random } from './random.js';

export interface AccountSize {
  /** Those of workloads, people and services; add-ons and nodes have theirs besides. */
  readonly roles: number;
  readonly clusters: number;
  /** How many of the regions below, at most all 17. */
  readonly regions: number;
}

export interface GeneratedAccount {
  readonly inventory: Inventory;
  /** The broken roles: ARN and kind of defect. */
  readonly planted: ReadonlyMap<string, string>;
}

const ACCOUNT = '210987654321';
const PARTITION = 'aws';
const COLLECTED_AT = '2026-11-01T06:00:00.000Z';
/** Every region that an account has enabled without asking. */
const REGIONS =
  'eu-west-1 us-east-1 us-west-2 eu-central-1 us-east-2 ap-southeast-1 ap-southeast-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ' +
  'ap-south-1 ca-central-1 eu-north-1 eu-west-2 eu-west-3 sa-east-1 us-west-1';
const NAMESPACES = 'payments billing search catalogue identity media reports ingest kube-system monitoring'.split(' ');
const APPS = 'api worker exporter importer scheduler indexer gateway backup cleaner proxy'.split(' ');
const SERVICES = 'lambda ec2 ecs-tasks states glue codebuild'.split(' ');

// One role in twenty is broken: 5 %.
const ONE_BROKEN_IN = 20;
// One cluster in fifty has no provider, and one provider in fifty lacks the audience or belongs to a cluster that is gone.
const ONE_ODD_CLUSTER_IN = 50;

/** The size that is measured unless told otherwise: 50 clusters to 1,000 roles, in every region. */
export function sizeFor(roles: number): AccountSize {
  return { roles, clusters: Math.ceil(roles / ONE_BROKEN_IN), regions: 17 };
}

/** Lists stand in an inventory in this order. */
function byText<T>(items: readonly T[], text: (item: T) => string): readonly T[] {
  return [...items].sort((left, right) => (text(left) < text(right) ? -1 : 1));
}

/** An account made up by rule: the same size gives the same account, to the byte. */
export function generateAccount(size: AccountSize): GeneratedAccount {
  const random = new Random(size.roles * 31 + size.clusters);
  const regions = REGIONS.split(' ').slice(0, size.regions);
  const clusters = Array.from({ length: size.clusters }, (_, index) =>
    withAddons(clusterOf(index, regions[index % regions.length] ?? 'eu-west-1', random), index),
  );
  const policies = byText(
    Array.from({ length: Math.ceil(size.roles / 20) }, (_, index) => policyOf(index, random)),
    ({ arn }) => arn,
  );
  const withProvider = clusters.filter((_, index) => index % ONE_ODD_CLUSTER_IN !== 1);
  const planted = new Map<string, string>();
  const roles = Array.from({ length: size.roles }, (_, index) => {
    const defect = index % ONE_BROKEN_IN === 7 ? DEFECTS[Math.floor(index / ONE_BROKEN_IN) % DEFECTS.length] : undefined;
    const role = roleOf(index, defect, withProvider.map(issuerUrl), policies, random);
    if (defect !== undefined) planted.set(role.arn, defect);
    return role;
  });
  const inventory: Inventory = {
    schemaVersion: 1,
    collectedAt: COLLECTED_AT,
    account: ACCOUNT,
    accountAlias: null,
    partition: PARTITION,
    requestedRegions: 'all',
    regionList: known([...regions].sort()),
    regions: [...regions].sort().map((region) => {
      const own = clusters.filter((cluster) => cluster.region === region);
      return { region, clusters: known(byText(own, ({ name }) => name)) };
    }),
    providers: known(providersFor(clusters, random)),
    roles: known([...roles, ...rolesOfAddons(clusters, issuerUrl)]),
    managedPolicies: known(policies),
    quotas: known({ trustPolicyLength: 2048, roles: Math.max(1000, size.roles) }),
    calls: {},
    notes: [],
  };
  return { inventory, planted };
}

function clusterOf(index: number, region: string, random: Random): Cluster {
  const name = `${random.oneOf(['prod', 'staging', 'test', 'shared'])}-${index}`;
  return {
    name,
    region,
    arn: `arn:${PARTITION}:eks:${region}:${ACCOUNT}:cluster/${name}`,
    detail: known({
      status: 'ACTIVE',
      issuer: `https://oidc.eks.${region}.amazonaws.com/id/${random.hex(32)}`,
      endpoint: `https://${random.hex(32)}.gr7.${region}.eks.amazonaws.com`,
      // A real certificate has about this length.
      certificateAuthority: Buffer.from(random.hex(1_100)).toString('base64'),
      endpointPublicAccess: true,
      createdAt: '2025-03-04T05:06:07.000Z',
      kubernetesVersion: '1.34',
      tags: { team: random.oneOf(NAMESPACES) },
    }),
    ...NOTHING_INSIDE,
  };
}

function issuerUrl({ detail }: Cluster): string {
  if (!detail.known || detail.value.issuer === null) throw new TypeError('every generated cluster has an issuer');
  return detail.value.issuer.replace('https://', '');
}

function providerOf(url: string, clientIds: readonly string[]): OidcProvider {
  return {
    arn: `arn:${PARTITION}:iam::${ACCOUNT}:oidc-provider/${url}`,
    detail: known({
      url,
      clientIds,
      thumbprints: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
      createdAt: '2025-03-04T05:16:07.000Z',
      tags: {},
    }),
  };
}

function providersFor(clusters: readonly Cluster[], random: Random): readonly OidcProvider[] {
  const providers = clusters.flatMap((cluster, index) => {
    const place = index % ONE_ODD_CLUSTER_IN;
    if (place === 1) return [];
    const own = providerOf(issuerUrl(cluster), [place === 2 ? 'sts.us-east-1.amazonaws.com' : 'sts.amazonaws.com']);
    if (place !== 3) return [own];
    return [own, providerOf(`oidc.eks.${cluster.region}.amazonaws.com/id/${random.hex(32)}`, ['sts.amazonaws.com'])];
  });
  return byText([...providers, providerOf('token.actions.githubusercontent.com', ['sts.amazonaws.com'])], ({ arn }) => arn);
}

function permissions(random: Random, name: string): Json {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Objects',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
        Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
      },
      {
        Sid: 'Queues',
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
        Resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:${name}`,
      },
      { Sid: 'Keys', Effect: 'Allow', Action: 'kms:Decrypt', Resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/${random.hex(32)}` },
    ],
  };
}

function policyOf(index: number, random: Random): ManagedPolicy {
  const name = `${random.oneOf(NAMESPACES)}-${random.oneOf(APPS)}-access-${String(index).padStart(5, '0')}`;
  return { arn: `arn:${PARTITION}:iam::${ACCOUNT}:policy/${name}`, document: permissions(random, name) };
}

function policyWith(statement: Readonly<Record<string, Json>>): Json {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] };
}

/** Six roles in ten are for service accounts, and the broken ones besides; the others are those that fill every account. */
function trustFor(index: number, workload: () => PlantedWorkload, random: Random): Json {
  const place = index % 10;
  if (place < 5) return trustOf([workload()]);
  if (place === 5) return trustOf([workload(), workload()]);
  if (place < 8) return policyWith({ Principal: { Service: `${random.oneOf(SERVICES)}.amazonaws.com` }, Action: 'sts:AssumeRole' });
  if (place === 8) {
    const Condition = { StringEquals: { 'sts:ExternalId': random.hex(16) } };
    return policyWith({ Principal: { AWS: 'arn:aws:iam::556677889900:root' }, Action: 'sts:AssumeRole', Condition });
  }
  const github = 'token.actions.githubusercontent.com';
  const branch = `repo:acme/${random.oneOf(APPS)}-${index}:ref:refs/heads/main`;
  const Condition = { StringEquals: { [`${github}:aud`]: 'sts.amazonaws.com', [`${github}:sub`]: branch } };
  const Principal = { Federated: `arn:${PARTITION}:iam::${ACCOUNT}:oidc-provider/${github}` };
  return policyWith({ Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition });
}

function roleOf(
  index: number,
  defect: string | undefined,
  urls: readonly string[],
  policies: readonly ManagedPolicy[],
  random: Random,
): Role {
  const workload = (): PlantedWorkload => ({
    partition: PARTITION,
    account: ACCOUNT,
    url: random.oneOf(urls),
    namespace: random.oneOf(NAMESPACES),
    name: `${random.oneOf(APPS)}-${index}`,
  });
  // The number stands first and has leading noughts: IAM and the inventory list roles in the order of their names.
  const name = `r${String(index).padStart(6, '0')}-${random.oneOf(NAMESPACES)}-${random.oneOf(APPS)}`;
  return {
    arn: `arn:${PARTITION}:iam::${ACCOUNT}:role/${name}`,
    name,
    path: '/',
    createdAt: '2025-05-06T07:08:09.000Z',
    trustPolicy: defect === undefined ? trustFor(index, workload, random) : brokenTrust(defect, workload()),
    inlinePolicies: random.chance(0.6) ? [{ name: 'access', document: permissions(random, name) }] : [],
    attachedPolicyArns: random.chance(0.5) ? [random.oneOf(policies).arn] : ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
    permissionsBoundaryArn: null,
    tags: { 'team': random.oneOf(NAMESPACES), 'app': random.oneOf(APPS), 'cost-centre': String(1000 + random.below(50)) },
    lastUsed: random.chance(0.7) ? { date: `2026-0${1 + random.below(9)}-15T10:00:00.000Z`, region: 'eu-west-1' } : null,
  };
}
