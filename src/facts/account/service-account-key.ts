import { memo } from '../../lib/memo.js';
import type { ClusterHas } from '../../model/contract/has.js';
import type { PodIdentityAssociation } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';

/** How an index by service account calls one: no name in Kubernetes holds a slash. */
export const serviceAccountKey = (namespace: string, name: string): string => `${namespace}/${name}`;

/** The parts of what a service account, or its association, is called in findings and patches: `cluster/namespace/name`. */
export function partsOfServiceAccount(id: string): { readonly cluster: string; readonly namespace: string; readonly name: string } {
  const [cluster = '', namespace = '', name = ''] = id.split('/');
  return { cluster, namespace, name };
}

/** The Pod Identity association of each service account of a cluster that has one, by `namespace/name`. */
export const associationsByServiceAccount = memo(
  (cluster: ClusterHas<'pod-identity-associations'>): ReadonlyMap<string, PodIdentityAssociation> =>
    new Map(seen(cluster.podIdentityAssociations).map((one) => [serviceAccountKey(one.namespace, one.serviceAccount), one])),
);
