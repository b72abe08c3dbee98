import { memo, memoByText } from '../../lib/memo.js';
import type { ClusterHas } from '../../model/contract/has.js';
import type { ServiceAccount } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import { groupBy } from '../../lib/group-by.js';
import { NearNames } from '../../lib/near-names.js';

/** Many namespaces hold a service account of the same name: those are only counted out where one is asked for. */
const indexOf = memo((cluster: ClusterHas<'service-accounts'>) => {
  const serviceAccounts = seen(cluster.serviceAccounts);
  const byNamespace = groupBy(serviceAccounts, ({ namespace }) => namespace);
  return {
    byName: groupBy(serviceAccounts, ({ name }) => name),
    within: memoByText((namespace) => new NearNames(byNamespace.get(namespace) ?? [], ({ name }) => name)),
  };
});

/** More than these is a list to search, not a hint. */
const MOST = 3;

/** Service accounts of a cluster that may have been meant: a letter off in the same namespace, else of the same name in another. */
export function nearServiceAccounts(cluster: ClusterHas<'service-accounts'>, namespace: string, name: string): readonly ServiceAccount[] {
  const { byName, within } = indexOf(cluster);
  const beside = within(namespace).near(name);
  return (beside.length > 0 ? beside : (byName.get(name) ?? [])).slice(0, MOST);
}
