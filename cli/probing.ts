import { connect as connectTo } from '../src/collect/kubernetes/api-server.js';
import type { WritableApiServer } from '../src/collect/kubernetes/ports.js';
import type { Cluster } from '../src/model/inventory.js';
import { UsageError } from './io.js';

// What `probe` alone needs, loaded when somebody has said yes.
export { probe } from '../src/probe/probe.js';
export { probeInPod } from '../src/probe/probe-pod.js';

/** The API server of a cluster, as EKS tells where it is. @throws UsageError where it does not */
export function connect(cluster: Cluster | undefined, token: () => Promise<string>): WritableApiServer {
  const { endpoint = null, certificateAuthority = null } = cluster?.detail.known === true ? cluster.detail.value : {};
  if (cluster === undefined || endpoint === null || certificateAuthority === null)
    throw new UsageError('The cluster has no endpoint yet, or EKS did not tell it.');
  return connectTo({ name: cluster.name, url: endpoint, certificateAuthority }, token);
}
