import { memo } from '../../lib/memo.js';
import type { Workload } from '../../model/inventory/workload.js';
import { groupBy } from '../../lib/group-by.js';
import { serviceAccountKey } from '../account/service-account-key.js';
import { type LiveServiceAccount } from '../account/service-accounts.js';
import type { ClusterHas } from '../../model/contract/has.js';
import { seen } from '../../model/inventory/observed.js';

/** The workloads of a cluster by `namespace/name` of the service account that they run as, as far as read. */
export const workloadsByServiceAccount = memo((cluster: ClusterHas<'workloads'>): ReadonlyMap<string, readonly Workload[]> =>
  groupBy(seen(cluster.workloads), ({ namespace, serviceAccount }) => serviceAccountKey(namespace, serviceAccount)),
);

/** The workloads that run as a service account; null where the pods of the cluster were not read. */
export function podsOf({
  cluster: { cluster },
  serviceAccount: { namespace, name },
}: LiveServiceAccount<ClusterHas<'workloads'>>): readonly Workload[] | null {
  const found = workloadsByServiceAccount(cluster).get(serviceAccountKey(namespace, name));
  return found ?? (cluster.workloads.known ? [] : null);
}

/** Whether some container has both variables of web identity, by whatever way they came there. */
export function hasWebIdentity({ containers }: Workload): boolean {
  return containers.some(({ variables }) => variables.includes('AWS_ROLE_ARN') && variables.includes('AWS_WEB_IDENTITY_TOKEN_FILE'));
}
