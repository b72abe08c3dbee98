import { ROLE_ANNOTATION } from '../model/inventory/annotations.js';
import type { Cluster, Inventory, PodIdentityAssociation } from '../model/inventory/inventory.js';
import { NOTHING_INSIDE } from '../model/contract/sections.js';
import { clusterFrom, collectCluster, type Reading } from './clusters.js';
import { unknown, seen } from '../model/inventory/observed.js';
import { identify, withQueue, type CollectOptions } from './collect.js';
import { collectProviders, collectQuotas } from './iam.js';
import { collectNodeGroups } from './node-groups.js';
import { collectRoleNamed } from './roles-by-name.js';
import type { OneWorkload } from './kubernetes/read-cluster.js';
import { observeUnlessGone } from './reading/observe.js';
import { homeRegion } from '../model/inventory/partitions.js';
import { collectAssociations } from './pod-identity.js';
import type { AwsPort, ServiceAccountName } from './reading/ports.js';
import type { Asking } from './reading/read-queue.js';
import { planRegions } from './regions.js';

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

/** Whether pods have to do with what nodes may: they were given no role, so that SDKs take that of the node. */
const areWithoutRole = ({ workloads }: Pick<Cluster, 'workloads'>): boolean =>
  seen(workloads).some(({ containers }) => !containers.some(({ variables }) => variables.includes('AWS_ROLE_ARN')));

/**
 * The cluster of a service account that nothing gives a role, or that is not there for its association, whole: another account may
 * have been meant for its pods, and what an add-on or the nodes bring shows whether it needs one.
 */
async function wholeCluster(reading: Reading, { region, name, workloads }: Cluster): Promise<Cluster | null> {
  const whole = await collectCluster(reading, region, name);
  // Who may list the pods of one namespace alone keeps these.
  return whole === null || whole.workloads.known ? whole : { ...whole, workloads };
}

/**
 * Reads what has to do with one workload, in some ten calls where an account takes hundreds; of a service account that nothing
 * gives a role, its cluster and the roles of the account. All else is in the inventory as not requested, so that nothing is
 * said of it.
 * @returns null where there is no cluster of this name in the region
 */
export async function collectWorkload(
  aws: AwsPort,
  place: WorkloadPlace,
  options: Omit<CollectOptions, 'regions'>,
): Promise<Inventory | null> {
  return withQueue(aws, options, (queue) => collectWith({ aws, queue }, place, options));
}

/** A cluster as far as one workload needs it, and what gives that a role. */
interface OfWorkload {
  readonly cluster: Cluster;
  /** Of its service account; undefined where it has none. */
  readonly association: PodIdentityAssociation | undefined;
  /** The role that the annotation of its service account names; null where it names none. */
  readonly annotated: string | null;
}

async function clusterOf(reading: Reading, place: WorkloadPlace, narrow: Cluster): Promise<OfWorkload> {
  const { region, name, serviceAccounts } = narrow;
  const serviceAccount = meant(place, narrow);
  const podIdentityAssociations =
    serviceAccount === null ? NOTHING_INSIDE.podIdentityAssociations : await collectAssociations(reading, region, name, serviceAccount);
  const found = seen(serviceAccounts).find((one) => one.namespace === serviceAccount?.namespace && one.name === serviceAccount.name);
  const [association] = seen(podIdentityAssociations);
  const annotated = found?.annotations[ROLE_ANNOTATION] ?? '';
  const isRoleless = podIdentityAssociations.known && association === undefined && annotated === '';
  const isLost = serviceAccounts.known && association !== undefined;
  const whole = (found === undefined ? isLost : isRoleless) ? await wholeCluster(reading, narrow) : null;
  const needsNodes = whole === null && (association !== undefined || areWithoutRole(narrow));
  const nodeGroups = needsNodes ? await collectNodeGroups(reading, region, name) : narrow.nodeGroups;
  return {
    cluster: whole ?? { ...narrow, podIdentityAssociations, nodeGroups },
    association,
    annotated: annotated === '' ? null : annotated,
  };
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
  await planRegions(asking, identity, home, [region]);
  const quotas = collectQuotas(asking, home);
  const answer = await observeUnlessGone(
    queue.ask('eks:DescribeCluster', `${region}/${place.cluster}`, (signal) => aws.describeCluster(region, place.cluster, signal)),
  );
  if (answer === null) return null;
  const issuer = answer.known ? answer.value.detail.issuer : null;
  const reading: Reading = { ...asking, identity, kubernetes, notes: [], wants: new Map() };
  const narrow = await clusterFrom({ ...reading, only: place }, region, place.cluster, answer);
  const { cluster, association, annotated } = await clusterOf(reading, place, narrow);
  const providers =
    association === undefined
      ? collectProviders(asking, home, reading.notes, (arn) => issuer !== null && isOf(issuer, arn))
      : unknown('not-requested', 'A Pod Identity association needs no provider.');
  const { roleArn, targetRoleArn = null } = association ?? { roleArn: annotated };
  // What lets one role go on to another is in its policies, whose text comes with all of them.
  const wanted = targetRoleArn === null ? roleArn : null;
  // Where neither an association nor the service accounts were read, nobody knows of a role.
  const { roles, managedPolicies } =
    wanted !== null || targetRoleArn !== null || cluster.serviceAccounts.known
      ? await collectRoleNamed({ ...asking, home }, wanted)
      : { roles: unknown('not-requested', ONLY_THIS), managedPolicies: unknown('not-requested', ONLY_THIS) };
  return {
    schemaVersion: 1,
    collectedAt: startedAt,
    account,
    accountAlias: null,
    partition,
    requestedRegions: [region],
    regionList: unknown('not-requested', ONLY_THIS),
    regions: [{ region, clusters: unknown('not-requested', ONLY_THIS, [cluster]) }],
    providers: await providers,
    roles,
    managedPolicies,
    quotas: await quotas,
    calls: queue.calls(),
    notes: reading.notes,
  };
}
