import type { Cluster, ServiceAccount } from '../model/inventory.js';
import { whatArrived } from '../model/observed.js';
import { groupBy } from '../lib/group-by.js';
import { NearNames } from '../lib/near-names.js';

/** Many namespaces hold a service account of the same name: those are only counted out where one is asked for. */
interface Index {
  readonly byNamespace: ReadonlyMap<string, readonly ServiceAccount[]>;
  readonly byName: ReadonlyMap<string, readonly ServiceAccount[]>;
  readonly near: Map<string, NearNames<ServiceAccount>>;
}

const indexed = new WeakMap<Cluster, Index>();

function indexOf(cluster: Cluster): Index {
  const known = indexed.get(cluster);
  if (known !== undefined) return known;
  const accounts = whatArrived(cluster.serviceAccounts);
  const index = {
    byNamespace: groupBy(accounts, ({ namespace }) => namespace),
    byName: groupBy(accounts, ({ name }) => name),
    near: new Map(),
  };
  indexed.set(cluster, index);
  return index;
}

/** More than these is a list to search, not a hint. */
const MOST = 3;

/** Service accounts of a cluster that may have been meant: a letter off in the same namespace, else of the same name in another. */
export function nearAccounts(cluster: Cluster, namespace: string, name: string): readonly ServiceAccount[] {
  const { byNamespace, byName, near } = indexOf(cluster);
  const names = near.get(namespace) ?? new NearNames(byNamespace.get(namespace) ?? [], (account) => account.name);
  near.set(namespace, names);
  const beside = names.near(name);
  return (beside.length > 0 ? beside : (byName.get(name) ?? [])).slice(0, MOST);
}
