import type { Cluster, ServiceAccount } from '../model/inventory.js';
import { whatArrived } from '../model/observed.js';
import { NearNames } from './near-names.js';

const indexed = new WeakMap<Cluster, NearNames<ServiceAccount>>();

/** More than these is a list to search, not a hint. */
const MOST = 3;

/** Service accounts of a cluster that may have been meant: a letter off in the same namespace, else of the same name in another. */
export function nearAccounts(cluster: Cluster, namespace: string, name: string): readonly ServiceAccount[] {
  const names = indexed.get(cluster) ?? new NearNames(whatArrived(cluster.serviceAccounts), (account) => account.name);
  indexed.set(cluster, names);
  const near = names.near(name);
  const beside = near.filter((one) => one.namespace === namespace);
  return (beside.length > 0 ? beside : near.filter((one) => one.name === name)).slice(0, MOST);
}
