import { ROLE_ANNOTATION } from '../model/annotations.js';
import type { Cluster, Inventory } from '../model/inventory.js';
import { NOTHING_INSIDE } from '../model/sections.js';
import { clusterFrom } from './clusters.js';
import { unknown, seen } from '../model/observed.js';
import { identify, withQueue, type CollectOptions } from './collect.js';
import { collectProviders, collectQuotas } from './iam.js';
import { collectRolesNamed } from './one-role.js';
import type { OneWorkload } from './kubernetes/inside.js';
import { observeUnlessGone } from './observe.js';
import { homeRegion } from '../model/partitions.js';
import { collectAssociations } from './pod-identity.js';
import type { AwsPort, ServiceAccountName } from './ports.js';
import type { Asking } from './read-queue.js';

/** One workload of one cluster. */
export interface WorkloadPlace extends OneWorkload {
  /** null = that of the environment. */
  readonly region: string | null;
  readonly cluster: string;
}

const ONLY_THIS = 'One workload alone was asked for.';

/** The service account that is meant, as far as it is known. */
function meant(workload: OneWorkload, { workloads }: Pick<Cluster, 'workloads'>): ServiceAccountName | null {
  const { namespace } = workload;
  // A bare name that is no workload's is taken for the service account's own.
  const bare = workload.owner?.kind === null ? workload.owner.name : undefined;
  const name = workload.serviceAccount ?? seen(workloads)[0]?.serviceAccount ?? bare;
  return name === undefined ? null : { namespace, name };
}

/** Whether a provider is that of an issuer, as EKS gives it. */
const isOf = (issuer: string, arn: string): boolean => arn.endsWith(`:oidc-provider/${issuer.replace(/^https:\/\//, '')}`);

const accountOf = (arn: string): string | undefined => arn.split(':')[4];

/**
 * Reads what has to do with one workload, in some ten calls where an account takes hundreds. All else stands in the
 * inventory as not requested, so that nothing is said of it.
 * @returns null where there is no cluster of this name in the region
 */
export async function collectWorkload(
  aws: AwsPort,
  place: WorkloadPlace,
  options: Omit<CollectOptions, 'regions'>,
): Promise<Inventory | null> {
  return withQueue(aws, options, (queue) => collectWith({ aws, queue }, place, options));
}

async function collectWith(
  asking: Asking,
  place: WorkloadPlace,
  { kubernetes, startedAt }: Omit<CollectOptions, 'regions'>,
): Promise<Inventory | null> {
  const { aws, queue } = asking;
  const identity = await identify(asking);
  const { account, partition } = identity;
  const region = place.region ?? identity.region;
  const home = homeRegion(partition) ?? region;
  const name = place.cluster;
  const quotas = collectQuotas(asking, home);
  const answer = await observeUnlessGone(
    queue.ask('eks:DescribeCluster', `${region}/${name}`, (signal) => aws.describeCluster(region, name, signal)),
  );
  if (answer === null) return null;
  const issuer = answer.known ? answer.value.detail.issuer : null;
  const notes: string[] = [];
  const cluster = await clusterFrom({ ...asking, identity, kubernetes, only: place }, region, name, answer);
  const serviceAccount = meant(place, cluster);
  const podIdentityAssociations =
    serviceAccount === null ? NOTHING_INSIDE.podIdentityAssociations : await collectAssociations(asking, region, name, serviceAccount);
  const found = seen(cluster.serviceAccounts).find(
    (one) => one.namespace === serviceAccount?.namespace && one.name === serviceAccount.name,
  );
  const [association] = seen(podIdentityAssociations);
  const providers =
    association === undefined
      ? collectProviders(asking, home, notes, (arn) => issuer !== null && isOf(issuer, arn))
      : unknown('not-requested', 'A Pod Identity association needs no provider.');
  const { roleArn, targetRoleArn = null } = association ?? { roleArn: found?.annotations[ROLE_ANNOTATION] ?? null };
  // A target role of another account cannot be asked for.
  const target = targetRoleArn !== null && accountOf(targetRoleArn) === account ? targetRoleArn : null;
  const wanted = [roleArn, target].filter((arn) => arn !== null);
  // Where neither an association nor the service accounts were read, nobody knows of a role.
  const { roles, managedPolicies } =
    wanted.length > 0 || cluster.serviceAccounts.known
      ? await collectRolesNamed({ ...asking, home }, wanted)
      : { roles: unknown('not-requested', ONLY_THIS), managedPolicies: unknown('not-requested', ONLY_THIS) };
  return {
    schemaVersion: 1,
    collectedAt: startedAt,
    account,
    accountAlias: null,
    partition,
    requestedRegions: [region],
    regionList: unknown('not-requested', ONLY_THIS),
    regions: [{ region, clusters: unknown('not-requested', ONLY_THIS, [{ ...cluster, podIdentityAssociations }]) }],
    providers: await providers,
    roles,
    managedPolicies,
    quotas: await quotas,
    calls: queue.calls(),
    notes,
  };
}
