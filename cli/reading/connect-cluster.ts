import { connect as connectTo } from '../../src/collect/kubernetes/api-server.js';
import type { WritableApiServer } from '../../src/collect/kubernetes/ports.js';
import type { Cluster } from '../../src/model/inventory/inventory.js';
import { UsageError } from '../terminal/io.js';

// What `probe` alone needs, loaded when somebody has said yes.
export { probe } from '../../src/probe/probe.js';
export { probeInPod } from '../../src/probe/probe-pod.js';

/**
 * The API server of a cluster, as EKS tells where it is.
 * @param token gives a bearer token for the cluster of a name; of a local cluster for its id
 * @throws UsageError where EKS does not tell
 */
export function connect(cluster: Cluster | undefined, token: (nameOrId: string) => Promise<string>): WritableApiServer {
  const detail = cluster?.detail.known === true ? cluster.detail.value : null;
  if (cluster === undefined || detail === null || detail.endpoint === null || detail.certificateAuthority === null)
    throw new UsageError('The cluster has no endpoint yet, or EKS did not tell it.');
  const { name, region } = cluster;
  const { endpoint: url, certificateAuthority, localId } = detail;
  return connectTo({ name, region, url, certificateAuthority }, () => token(localId ?? name));
}
