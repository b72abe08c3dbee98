import { issuerIdOfCluster, type IssuerId } from '../../model/inventory/issuer-id.js';
import { groupBy } from '../../lib/group-by.js';
import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { ClusterHas } from '../../model/contract/has.js';
import type { Cluster, Inventory, ServiceAccount } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import { serviceAccountKey, associationsByServiceAccount } from './service-account-key.js';
import { addonServiceAccounts } from './addon-accounts.js';
import { rolesInUse, tellsEveryUse } from './role-usage.js';

/** The sections that tell of associations: the list of them, and the pods that got their variables. */
export type ShowsAssociations = 'pod-identity-associations' | 'workloads';

/** The sections that tell how service accounts are given roles: by annotation, unless an association wins, which its pods show too. */
export type GivenBy = 'clusters' | 'service-accounts' | ShowsAssociations;

/** The sections that tell who uses a role: EKS annotates the service accounts of add-ons. */
export type Carriers = GivenBy | 'addons';

/**
 * A service account that has a role's ARN in its annotation, and has no Pod Identity association, which would win; or that of an
 * add-on, which EKS annotates with the role that the add-on was given, whether or not that was read.
 */
export interface RoleUser<C = ClusterHas<Carriers>> {
  readonly cluster: C;
  readonly serviceAccount: ServiceAccount;
  /** `cluster/namespace/name` */
  readonly id: string;
  /** `system:serviceaccount:namespace:name` */
  readonly subject: string;
  /** Of its token: the annotation's, else the webhook's default. */
  readonly audience: string;
  /** Its cluster's issuer; null where unread or absent. */
  readonly url: IssuerId | null;
}

export type Usage = 'used' | 'unknown' | 'unused';

/** By whom a role is used, as far as clusters were read. */
export interface RoleUses<C = Cluster> {
  readonly users: readonly RoleUser<C>[];
  readonly usage: Usage;
  /** The clusters with a Pod Identity association for it, among those that were read. */
  readonly associatedIn: readonly C[];
  /** The clusters with an association that goes on to it as its target role. */
  readonly targetedIn: readonly C[];
}

/** Who uses roles, by either end. */
export interface UserIndex<C> {
  usersOf(cluster: Pick<Cluster, 'arn'>): readonly RoleUser<C>[];
  usesOf(roleArn: string): RoleUses<C>;
}

const NONE: readonly never[] = [];

/**
 * The service accounts of add-ons with a role, as EKS annotates them. Of several some are on the role of the nodes by design: those
 * say nothing of one of them.
 */
function annotatedByEks(cluster: Cluster): readonly ServiceAccount[] {
  return seen(cluster.addons).flatMap((one) => {
    const addon = addonServiceAccounts(one);
    const role = addon?.detail.serviceAccountRoleArn ?? null;
    const [wanted, other] = addon?.wants ?? [];
    if (addon === null || role === null || wanted === undefined || other !== undefined) return [];
    return [{ namespace: addon.namespace, name: wanted.serviceAccount, annotations: { [ROLE_ANNOTATION]: role } }];
  });
}

/** Those that use a role, once each: the annotations of one are of its own where it was read. */
function annotatedIn(cluster: Cluster): readonly ServiceAccount[] {
  const own = seen(cluster.serviceAccounts).filter(({ annotations }) => annotations[ROLE_ANNOTATION] !== undefined);
  const carries = (by: ServiceAccount): boolean =>
    own.some(
      (one) =>
        one.namespace === by.namespace && one.name === by.name && one.annotations[ROLE_ANNOTATION] === by.annotations[ROLE_ANNOTATION],
    );
  return [...own, ...annotatedByEks(cluster).filter((one) => !carries(one))];
}

function roleUsers(clusters: readonly Cluster[]): RoleUser<Cluster>[] {
  return clusters.flatMap((cluster) => {
    const associated = associationsByServiceAccount(cluster);
    const url = issuerIdOfCluster(cluster);
    return annotatedIn(cluster).flatMap((serviceAccount): RoleUser<Cluster>[] => {
      const { namespace, name, annotations } = serviceAccount;
      if (associated.has(serviceAccountKey(namespace, name))) return [];
      return [
        {
          cluster,
          serviceAccount,
          id: `${cluster.name}/${namespace}/${name}`,
          subject: `system:serviceaccount:${namespace}:${name}`,
          audience: annotations[AUDIENCE_ANNOTATION] ?? DEFAULT_AUDIENCE,
          url,
        },
      ];
    });
  });
}

/** The clusters whose associations name a role, each once, in the order in which they come. */
function clustersByRole(clusters: readonly Cluster[], which: 'roleArn' | 'targetRoleArn'): (arn: string) => readonly Cluster[] {
  const named = clusters.flatMap((cluster) => seen(cluster.podIdentityAssociations).map((one) => ({ cluster, arn: one[which] })));
  const byArn = groupBy(named, ({ arn }) => arn);
  return (arn) => {
    const found = byArn.get(arn);
    return found === undefined ? NONE : [...new Set(found.map(({ cluster }) => cluster))];
  };
}

export function indexUsers(inventory: Inventory, clusters: readonly Cluster[]): UserIndex<Cluster> {
  const users = roleUsers(clusters);
  const byRole = groupBy(users, ({ serviceAccount }) => serviceAccount.annotations[ROLE_ANNOTATION] ?? '');
  const byCluster = groupBy(users, ({ cluster }) => cluster.arn);
  const [associated, targeted] = [clustersByRole(clusters, 'roleArn'), clustersByRole(clusters, 'targetRoleArn')];
  const inUse = rolesInUse(clusters);
  const unseen = tellsEveryUse(inventory) ? 'unused' : 'unknown';
  return {
    usersOf: ({ arn }) => byCluster.get(arn) ?? NONE,
    usesOf: (arn) => {
      const own = byRole.get(arn) ?? NONE;
      const usage = own.length > 0 || inUse.has(arn) ? 'used' : unseen;
      return { users: own, usage, associatedIn: associated(arn), targetedIn: targeted(arn) };
    },
  };
}
