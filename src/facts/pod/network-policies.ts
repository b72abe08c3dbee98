import { groupBy } from '../../lib/group-by.js';
import { memo } from '../../lib/memo.js';
import type { ClusterHas } from '../../model/contract/has.js';
import { whole } from '../../model/inventory/observed.js';
import type { NetworkPolicy } from '../../model/inventory/workload.js';

/**
 * By namespace those of its network policies that deny every pod of it the agent of EKS Pod Identity. Policies add up: none does
 * where another one allows the agent, or may, to whichever pods it selects. Of a list that broke off nothing follows.
 */
const denyingIn = memo((cluster: ClusterHas<'network-policies'>): ReadonlyMap<string, readonly NetworkPolicy[]> => {
  const byNamespace = groupBy(whole(cluster.networkPolicies) ?? [], ({ namespace }) => namespace);
  return new Map(
    [...byNamespace].map(([namespace, all]) => [
      namespace,
      all.every(({ allowsAgent }) => allowsAgent === 'no') ? all.filter(({ selectsAll }) => selectsAll) : [],
    ]),
  );
});

/** The network policies by which no pod of a namespace reaches the agent of EKS Pod Identity; empty where nothing is known to deny it to all. */
export function denyingAgent(cluster: ClusterHas<'network-policies'>, namespace: string): readonly NetworkPolicy[] {
  return denyingIn(cluster).get(namespace) ?? [];
}
