import { groupBy } from '../../lib/group-by.js';
import { memo } from '../../lib/memo.js';
import type { ClusterHas, HasRegions } from '../../model/contract/has.js';
import type { ServiceAccount } from '../../model/inventory/inventory.js';
import { allClusters } from '../../model/inventory/all-clusters.js';

/** Names that clusters of several regions bear: EKS keeps a name unique within its region alone. */
const ambiguousNames = memo((inventory: HasRegions): ReadonlySet<string> => {
  const byName = groupBy(allClusters(inventory), ({ name }) => name);
  return new Set([...byName].flatMap(([name, clusters]) => (clusters.length > 1 ? [name] : [])));
});

/** What tells whether the name of a cluster says which one is meant. */
export interface NamesOfClusters {
  readonly inventory: HasRegions;
}

/** A cluster as a sentence names it: `name`, or `region/name` where the account has another of that name. */
export function clusterInWords({ name, region }: ClusterHas, { inventory }: NamesOfClusters): string {
  return ambiguousNames(inventory).has(name) ? `${region}/${name}` : name;
}

/** A service account as a sentence names it that is not about its cluster: `cluster/namespace/name`, the cluster told apart. */
export function serviceAccountInWords(
  cluster: ClusterHas,
  { namespace, name }: Pick<ServiceAccount, 'namespace' | 'name'>,
  facts: NamesOfClusters,
): string {
  return `${clusterInWords(cluster, facts)}/${namespace}/${name}`;
}
