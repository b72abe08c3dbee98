import { describe, expect, it } from '@jest/globals';
import { collectAddons } from '../../src/collect/addons.js';
import { ReadQueue } from '../../src/collect/reading/read-queue.js';
import type { Addon, Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { CASES } from '../cases/all-cases.js';
import { answeringAtOnce, describedAddon } from './port-in-memory.js';

/** Something of every cluster whose add-ons are known changed. */
function ofClusters(inventory: Inventory, change: (cluster: Cluster) => Cluster): Inventory {
  const changed = (cluster: Cluster): Cluster => (cluster.addons.known ? change(cluster) : cluster);
  const regions = inventory.regions.map((region) => ({
    ...region,
    clusters: region.clusters.known ? known(region.clusters.value.map(changed)) : region.clusters,
  }));
  return { ...inventory, regions };
}

const addonsOf = ({ addons }: Cluster): readonly Addon[] => (addons.known ? addons.value : []);
const versioned = (addon: Addon): Addon =>
  addon.detail.known ? { ...addon, detail: known({ ...addon.detail.value, version: 'v1' }) } : addon;

const WANTING_NOTHING = ['coredns', 'kube-proxy', 'eks-pod-identity-agent'];

/** Every add-on is described; some that want nothing are beside those of the case. */
const described = (inventory: Inventory, status: string): Inventory =>
  ofClusters(inventory, (cluster) => {
    const own = addonsOf(cluster).filter(({ name }) => !WANTING_NOTHING.includes(name));
    const added = WANTING_NOTHING.map((name): Addon => ({ name, detail: known({ ...describedAddon('v1'), status }), wants: known([]) }));
    return { ...cluster, addons: known([...own.map(versioned), ...added].sort((one, other) => (one.name < other.name ? -1 : 1))) };
  });

/** The same account as it is collected. */
async function collected(inventory: Inventory): Promise<Inventory> {
  const queue = new ReadQueue({ now: () => 0, deadline: null, concurrency: 10 });
  const found = new Map<Cluster, Cluster['addons']>();
  const clusters = inventory.regions.flatMap((region) => (region.clusters.known ? region.clusters.value : []));
  for (const cluster of clusters) {
    const own = new Map(addonsOf(cluster).map((one) => [one.name, one]));
    const answer = <T>(observed: { readonly known: boolean; readonly value?: T } | undefined): Promise<T> =>
      observed?.known === true ? Promise.resolve(observed.value as T) : Promise.reject(new Error('a case has no such gap'));
    const aws = answeringAtOnce({
      listAddons: () => Promise.resolve({ items: [...own.keys()], next: null }),
      describeAddon: (_, __, name) => answer(own.get(name)?.detail),
      addonPermissions: (_, name) => answer(own.get(name)?.wants),
    });
    const associations = Promise.resolve(cluster.podIdentityAssociations);
    found.set(cluster, await collectAddons({ aws, queue, wants: new Map() }, cluster.region, cluster.name, associations));
  }
  queue.close();
  return ofClusters(inventory, (cluster) => ({ ...cluster, addons: found.get(cluster) ?? cluster.addons }));
}

const told = (inventory: Inventory) => {
  const { findings, rules, coverage } = auditInventory(inventory);
  return { findings, rules, coverage };
};

const withAddons = CASES.filter(({ inventory }) =>
  inventory.regions.some(({ clusters }) => clusters.known && clusters.value.some(({ addons }) => addons.known)),
);

describe('an add-on that wants nothing and is not described', () => {
  it('is in many cases', () => expect(withAddons.length).toBeGreaterThan(50));

  const statuses = ['ACTIVE', 'CREATING', 'DEGRADED'];
  const all = statuses.flatMap((status) => withAddons.map(({ name, inventory }) => [status, name, inventory] as const));
  it.each(all)('turns no verdict where it is %s: %s', async (status, _, inventory) => {
    const whole = described(inventory, status);
    expect(told(await collected(whole))).toEqual(told(whole));
  });
});
