import type { Cluster, Inventory } from '../model/inventory.js';
import { NOTHING_INSIDE } from '../model/inventory.js';
import { known, unknown, whatArrived } from '../model/observed.js';
import { identify, type CollectOptions } from './collect.js';
import { collectOneProvider, collectOneRole, collectQuotas } from './iam.js';
import type { OneWorkload } from './kubernetes/inside.js';
import { observeUnlessGone } from './observe.js';
import { homeRegion } from './partitions.js';
import { collectAssociations } from './pod-identity.js';
import type { AwsPort, ServiceAccountName } from './ports.js';
import { ReadQueue } from './read-queue.js';
import { renewed } from './renewed.js';

/** One workload of one cluster. */
export interface WorkloadPlace extends OneWorkload {
  /** null = that of the environment. */
  readonly region: string | null;
  readonly cluster: string;
}

const CONCURRENCY = 10;
const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';
const ONLY_THIS = 'One workload alone was asked for.';

/** The service account that is meant, as far as it is known. */
function meant(workload: OneWorkload, { workloads }: Pick<Cluster, 'workloads'>): ServiceAccountName | null {
  const { namespace } = workload;
  const name = workload.serviceAccount ?? whatArrived(workloads)[0]?.serviceAccount;
  return name === undefined ? null : { namespace, name };
}

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
  const { now, deadline, onProgress } = options;
  const queue = new ReadQueue({ now, deadline, concurrency: options.concurrency ?? CONCURRENCY, onProgress });
  try {
    return await collectWith(aws, queue, place, options);
  } finally {
    queue.close();
  }
}

async function collectWith(
  aws: AwsPort,
  queue: ReadQueue,
  place: WorkloadPlace,
  { kubernetes, startedAt }: Omit<CollectOptions, 'regions'>,
): Promise<Inventory | null> {
  const identity = await identify(aws, queue);
  const { account, partition } = identity;
  const region = place.region ?? identity.region;
  const home = homeRegion(partition) ?? region;
  const name = place.cluster;
  const quotas = collectQuotas(aws, queue, home);
  const answer = await observeUnlessGone(
    queue.ask('eks:DescribeCluster', `${region}/${name}`, (signal) => aws.describeCluster(region, name, signal)),
  );
  if (answer === null) return null;
  const detail = answer.known ? known(answer.value.detail) : unknown(answer.reason, answer.detail);
  const issuer = detail.known ? detail.value.issuer : null;
  const notes: string[] = [];
  const providers = collectOneProvider(aws, queue, home, issuer, notes);
  const token = renewed(() => aws.eksToken(region, name), queue.now);
  const inside = kubernetes === undefined ? NOTHING_INSIDE : await kubernetes(token, queue, { region, name, detail }, place);
  const serviceAccount = meant(place, inside);
  const podIdentityAssociations =
    serviceAccount === null ? NOTHING_INSIDE.podIdentityAssociations : await collectAssociations(aws, queue, region, name, serviceAccount);
  const found = whatArrived(inside.serviceAccounts).find(
    (one) => one.namespace === serviceAccount?.namespace && one.name === serviceAccount.name,
  );
  const role = whatArrived(podIdentityAssociations)[0]?.roleArn ?? found?.annotations[ROLE_ANNOTATION];
  const { roles, managedPolicies } =
    role === undefined
      ? { roles: unknown('not-requested', ONLY_THIS), managedPolicies: unknown('not-requested', ONLY_THIS) }
      : await collectOneRole(aws, queue, home, role);
  const cluster: Cluster = {
    ...NOTHING_INSIDE,
    name,
    region,
    arn: answer.known ? answer.value.arn : `arn:${partition}:eks:${region}:${account}:cluster/${name}`,
    detail,
    ...inside,
    podIdentityAssociations,
  };
  return {
    schemaVersion: 1,
    collectedAt: startedAt,
    account,
    partition,
    requestedRegions: [region],
    regionList: unknown('not-requested', ONLY_THIS),
    regions: [{ region, clusters: unknown('not-requested', ONLY_THIS, [cluster]) }],
    providers: await providers,
    roles,
    managedPolicies,
    quotas: await quotas,
    calls: queue.calls(),
    notes,
  };
}
