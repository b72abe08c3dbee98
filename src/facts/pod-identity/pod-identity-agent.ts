import { POD_IDENTITY_AGENT } from '../../model/inventory/eks-addons.js';
import type { ClusterHas } from '../../model/contract/has.js';
import { seen } from '../../model/inventory/observed.js';

/** The sections that tell whether a cluster has the agent of EKS Pod Identity. */
export type OfAgent = 'clusters' | 'addons' | 'pod-identity-agent' | 'node-groups';

/** Whether all nodes of a cluster are those of Auto Mode, as far as what arrived tells: these have an agent of their own. */
export const isAutoModeAlone = ({ detail, nodeGroups }: ClusterHas<'clusters' | 'node-groups'>): boolean =>
  detail.known && detail.value.autoMode === true && seen(nodeGroups).length === 0;

/**
 * Which nodes of a cluster have the agent of EKS Pod Identity, as far as what arrived tells: `none` holds only where the lists are
 * whole. Nodes of Auto Mode have it without an add-on; others beside them do not (EKS User Guide, "Set up the Amazon EKS Pod Identity
 * Agent"). One that nobody told EKS of is a daemon set and no add-on.
 */
export function agentOn(cluster: ClusterHas<OfAgent>): 'all' | 'nodes of Auto Mode' | 'none' {
  const { addons, podIdentityAgent, detail } = cluster;
  const isThere =
    seen(addons).some(({ name }) => name === POD_IDENTITY_AGENT) || (podIdentityAgent.known && podIdentityAgent.value !== null);
  if (isThere || isAutoModeAlone(cluster)) return 'all';
  return detail.known && detail.value.autoMode === true ? 'nodes of Auto Mode' : 'none';
}
