import type { Cluster, RegionInventory } from '../model/inventory/inventory.js';
import { NOTHING_INSIDE } from '../model/contract/sections.js';
import { known, unknown, seen, type Observed } from '../model/inventory/observed.js';
import { collectAddons, type ReadingAddons } from './addons.js';
import type { OneWorkload, ReadInside } from './kubernetes/read-cluster.js';
import { collectNodeGroups, needsNodeGroups } from './node-groups.js';
import { observePages, observeUnlessGone } from './reading/observe.js';
import { collectAssociations } from './pod-identity.js';
import type { ClusterAnswer, Identity } from './reading/ports.js';
import { renewed } from './reading/refresh-token.js';

/** What reading the clusters of an account needs. */
export interface Reading extends ReadingAddons {
  readonly identity: Identity;
  /** What is worth telling is added here. */
  readonly notes: string[];
  /** Undefined = nobody asked to scan inside. */
  readonly kubernetes: ReadInside | undefined;
}

/** One region's clusters, each with its detail or the reason why that is not known. */
export async function collectRegion(reading: Reading, region: string): Promise<RegionInventory> {
  const { aws, queue } = reading;
  const names = await observePages((token) => queue.ask('eks:ListClusters', region, (signal) => aws.listClusters(region, token, signal)));
  const described = await Promise.all([...seen(names)].sort().map((name) => collectCluster(reading, region, name)));
  const clusters = described.filter((cluster) => cluster !== null);
  if (names.known) return { region, clusters: known(clusters) };
  return { region, clusters: unknown(names.reason, names.detail, names.partial && clusters) };
}

/** What EKS described of a cluster, and what is inside it where that is asked for; of `only`, what has to do with that workload. */
export async function clusterFrom(
  { aws, queue, identity: { account, partition }, kubernetes, only }: Omit<Reading, 'notes' | 'wants'> & { readonly only?: OneWorkload },
  region: string,
  name: string,
  answer: Observed<ClusterAnswer>,
): Promise<Cluster> {
  const detail = answer.known ? known(answer.value.detail) : unknown(answer.reason, answer.detail);
  const localId = answer.known ? answer.value.detail.localId : null;
  const token = renewed(() => aws.eksToken(region, localId ?? name), queue.now);
  const inside = kubernetes === undefined ? {} : await kubernetes(token, queue, { region, name, detail }, only);
  const arn = answer.known ? answer.value.arn : `arn:${partition}:eks:${region}:${account}:cluster/${name}`;
  return { ...NOTHING_INSIDE, name, region, arn, detail, ...inside };
}

/** One cluster with all that belongs to it; null where it is gone. */
export async function collectCluster(reading: Reading, region: string, name: string): Promise<Cluster | null> {
  const { aws, queue, notes } = reading;
  const associations = collectAssociations(reading, region, name);
  const [answer, podIdentityAssociations, addons] = await Promise.all([
    observeUnlessGone(queue.ask('eks:DescribeCluster', `${region}/${name}`, (signal) => aws.describeCluster(region, name, signal))),
    associations,
    collectAddons(reading, region, name, associations),
  ]);
  if (answer === null) {
    notes.push(`The cluster ${name} in ${region} was gone between being listed and being described; it is left out.`);
    return null;
  }
  const [cluster, nodeGroups] = await Promise.all([
    clusterFrom(reading, region, name, answer),
    needsNodeGroups({ podIdentityAssociations, addons }) ? collectNodeGroups(reading, region, name) : NOTHING_INSIDE.nodeGroups,
  ]);
  return { ...cluster, podIdentityAssociations, addons, nodeGroups };
}
