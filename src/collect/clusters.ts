import { NOTHING_INSIDE, type Cluster, type RegionInventory } from '../model/inventory.js';
import { known, unknown, whatArrived } from '../model/observed.js';
import { collectAddons, type AskedWants } from './addons.js';
import { observePages, observeUnlessGone } from './observe.js';
import type { AwsPort, Identity } from './ports.js';
import { collectAssociations } from './pod-identity.js';
import type { ReadQueue } from './read-queue.js';

/** One region's clusters, each with its detail or the reason why that is not known. What is worth telling goes to `notes`. */
export async function collectRegion(
  aws: AwsPort,
  queue: ReadQueue,
  identity: Identity,
  region: string,
  notes: string[],
): Promise<RegionInventory> {
  const names = await observePages((token) => queue.ask('eks:ListClusters', region, (signal) => aws.listClusters(region, token, signal)));
  const wants: AskedWants = new Map();
  const described = await Promise.all(
    [...whatArrived(names)].sort().map((name) => collectCluster(aws, queue, identity, region, name, wants, notes)),
  );
  const clusters = described.filter((cluster) => cluster !== null);
  if (names.known) return { region, clusters: known(clusters) };
  return { region, clusters: unknown(names.reason, names.detail, names.partial && clusters) };
}

async function collectCluster(
  aws: AwsPort,
  queue: ReadQueue,
  { account, partition }: Identity,
  region: string,
  name: string,
  wants: AskedWants,
  notes: string[],
): Promise<Cluster | null> {
  const [answer, podIdentityAssociations, addons] = await Promise.all([
    observeUnlessGone(queue.ask('eks:DescribeCluster', `${region}/${name}`, (signal) => aws.describeCluster(region, name, signal))),
    collectAssociations(aws, queue, region, name),
    collectAddons(aws, queue, region, name, wants),
  ]);
  if (answer === null) {
    notes.push(`The cluster ${name} in ${region} was gone between being listed and being described; it is left out.`);
    return null;
  }
  return {
    name,
    region,
    arn: answer.known ? answer.value.arn : `arn:${partition}:eks:${region}:${account}:cluster/${name}`,
    detail: answer.known ? known(answer.value.detail) : unknown(answer.reason, answer.detail),
    ...NOTHING_INSIDE,
    podIdentityAssociations,
    addons,
  };
}
