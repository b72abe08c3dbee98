import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { seen, unknown, type Observed } from '../../src/model/inventory/observed.js';
import { ACCOUNT_SECTIONS, CLUSTER_SECTIONS } from '../../src/model/contract/sections.js';

/** A list of which some entries arrived before the read broke off: the account as it is known then, and what did not arrive. */
export interface CutList {
  readonly name: string;
  readonly inventory: Inventory;
}

/** Which entries of each list did not arrive; of `nothing` all did, and nobody knows that there are no more. */
const LOST: Readonly<Record<string, (index: number) => boolean>> = {
  'nothing': () => false,
  'the first': (index) => index === 0,
  'the second': (index) => index === 1,
  'the third': (index) => index === 2,
  'all but the first': (index) => index > 0,
  'everything': () => true,
};

type List = Observed<unknown>;

/** The list as it arrived; the same one where it is no list that was read, or the loss would be no other than that of nothing. */
function cut(list: List, isLost: (index: number) => boolean, isNothing: boolean): List {
  if (!list.known || !Array.isArray(list.value)) return list;
  const arrived = list.value.filter((_, index) => !isLost(index));
  if (!isNothing && arrived.length === list.value.length) return list;
  return unknown('throttled', 'broke off', arrived);
}

type Change = (list: List) => List;

/** An object with one list changed; the object itself where that stays the same. */
function changed<T extends object>(object: T, at: keyof T, change: Change): T {
  const value = change(object[at] as List) as T[keyof T];
  return value === object[at] ? object : { ...object, [at]: value };
}

function inRegions(inventory: Inventory, change: (region: Inventory['regions'][number]) => Inventory['regions'][number]): Inventory {
  const regions = inventory.regions.map(change);
  return regions.some((region, index) => region !== inventory.regions[index]) ? { ...inventory, regions } : inventory;
}

/** @param which of all clusters; null = every one */
function inClusters(inventory: Inventory, change: (cluster: Cluster) => Cluster, which: number | null): Inventory {
  let index = -1;
  return inRegions(inventory, (region) => {
    if (!region.clusters.known) return region;
    const { value } = region.clusters;
    const clusters = value.map((cluster) => {
      index += 1;
      return which === null || which === index ? change(cluster) : cluster;
    });
    return clusters.every((cluster, at) => cluster === value[at]) ? region : { ...region, clusters: { known: true, value: clusters } };
  });
}

type Lists = (inventory: Inventory, change: Change) => Inventory;

/** Every list that there is, and every one of a single cluster: the regions, the clusters, and what the sections hold. */
const LISTS: Readonly<Record<string, Lists>> = {
  'regions': (inventory, change) => changed(inventory, 'regionList', change),
  'clusters': (inventory, change) => inRegions(inventory, (region) => changed(region, 'clusters', change)),
  ...Object.fromEntries(ACCOUNT_SECTIONS.map(({ need, at }): [string, Lists] => [need, (inventory, change) => changed(inventory, at, change)])),
  ...Object.fromEntries(
    CLUSTER_SECTIONS.flatMap(({ need, at }) =>
      [null, 0, 1].map((which): [string, Lists] => [
        which === null ? need : `${need} of cluster ${which}`,
        (inventory, change) => inClusters(inventory, (cluster) => changed(cluster, at, change), which),
      ]),
    ),
  ),
};

const clustersIn = ({ regions }: Inventory): number => regions.reduce((sum, { clusters }) => sum + seen(clusters).length, 0);

/** An account once for each list of it, and each way in which that may have broken off; of ways that come to the same the first. */
export function cutLists(inventory: Inventory): readonly CutList[] {
  const isOne = clustersIn(inventory) < 2;
  const all = Object.entries(LISTS).flatMap(([list, change]) =>
    isOne && list.includes(' of cluster ')
      ? []
      : Object.entries(LOST).flatMap(([lost, isLost]): CutList[] => {
          const less = change(inventory, (one) => cut(one, isLost, lost === 'nothing'));
          return less === inventory ? [] : [{ name: `${list} but ${lost}`, inventory: less }];
        }),
  );
  const known = new Set<string>();
  return all.filter((one) => {
    const text = JSON.stringify(one.inventory);
    return !known.has(text) && known.add(text);
  });
}
