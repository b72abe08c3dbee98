import { memo } from '../../lib/memo.js';
import type { Related, Subject } from '../../model/report/finding.js';
import type { ClusterHas, HasRegions } from '../../model/contract/has.js';
import type { PodIdentityAssociation } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import type { Scope, UnreadEntry } from '../../model/contract/scope.js';
import type { Has, RoleHas } from '../account/facts.js';
import { groupBy } from '../../lib/group-by.js';
import { inWords } from '../../lib/list-in-words.js';
import { serviceAccountInWords, type NamesOfClusters } from './cluster-in-words.js';
import { clusterSubject, roleSubject } from '../account/subjects.js';

/** A role and the Pod Identity associations of one cluster that give it. */
export interface AssociatedRole<C = ClusterHas<'pod-identity-associations'>> {
  readonly role: RoleHas<'pod-identity-associations'>;
  readonly cluster: C;
  readonly associations: readonly PodIdentityAssociation[];
}

/** Facts of clusters of whatever sections. */
export interface InRegions<C> {
  readonly inventory: HasRegions<C>;
}

/** The cluster that a rule runs over. */
export function clusterIn<C extends ClusterHas>({ inventory }: InRegions<C>, scope: Scope): C | null {
  if (scope.kind !== 'cluster') return null;
  const region = inventory.regions.find((one) => one.region === scope.region);
  return region === undefined ? null : (seen(region.clusters).find(({ name }) => name === scope.cluster) ?? null);
}

/** The cluster that a rule runs over, as its one entry. */
export function clusterEntriesIn<C extends ClusterHas>(facts: InRegions<C>, scope: Scope): readonly { subject: Subject; of: C }[] {
  const cluster = clusterIn(facts, scope);
  return cluster === null ? [] : [{ subject: clusterSubject(cluster), of: cluster }];
}

/** The associations of a cluster, as far as read, by the ARN of their role; null = that was not read. */
export const associationsByRole = memo(
  (cluster: ClusterHas<'pod-identity-associations'>): ReadonlyMap<string | null, readonly PodIdentityAssociation[]> =>
    groupBy(seen(cluster.podIdentityAssociations), ({ roleArn }) => roleArn),
);

const namesByNamespace = memo((associations: readonly PodIdentityAssociation[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const byNamespace = groupBy(associations, ({ namespace }) => namespace);
  return new Map([...byNamespace].map(([key, own]) => [key, new Set(own.map(({ serviceAccount }) => serviceAccount))]));
});

/** The service accounts that the associations of a cluster give a role, by namespace. */
export function associatedNames(cluster: AssociatedRole['cluster'], roleArn: string): ReadonlyMap<string, ReadonlySet<string>> {
  const associations = associationsByRole(cluster).get(roleArn);
  return associations === undefined ? new Map() : namesByNamespace(associations);
}

/** The roles of this account that associations of a cluster give, each with those associations. */
export function associatedRoles<C extends AssociatedRole['cluster']>(
  cluster: C,
  facts: Has<'roles' | 'pod-identity-associations'>,
): readonly AssociatedRole<C>[] {
  return [...associationsByRole(cluster)].flatMap(([arn, associations]) => {
    const role = arn === null ? null : facts.role(arn);
    return role === null ? [] : [{ role, cluster, associations }];
  });
}

interface AssociatedEntry<C> {
  readonly subject: Subject;
  readonly of: AssociatedRole<C>;
}

/** The cluster as one entry that was not evaluated, where the roles of some of its associations were not read. */
export function unreadAssociations(cluster: AssociatedRole['cluster']): readonly UnreadEntry[] {
  const unread = associationsByRole(cluster)
    .get(null)
    ?.find((one) => one.unread !== undefined)?.unread;
  return unread === undefined ? [] : [{ subject: clusterSubject(cluster), unread: { reason: unread.reason } }];
}

/** The roles of the associations of the cluster that a rule runs over as entries, and what was not read of them. */
export function associatedEntries<C extends AssociatedRole['cluster']>(
  facts: Has<'roles' | 'pod-identity-associations'> & InRegions<C>,
  scope: Scope,
): readonly (AssociatedEntry<C> | UnreadEntry)[] {
  const cluster = clusterIn<C>(facts, scope);
  if (cluster === null) return [];
  return [...associatedRoles(cluster, facts).map((of) => ({ subject: roleSubject(of.role.role), of })), ...unreadAssociations(cluster)];
}

/** `cluster/namespace/name`, as findings name what is inside a cluster. */
export function associatedId(cluster: ClusterHas, { namespace, serviceAccount }: PodIdentityAssociation): string {
  return `${cluster.name}/${namespace}/${serviceAccount}`;
}

export function associationSubject(cluster: ClusterHas, association: PodIdentityAssociation): Subject {
  return { type: 'association', id: associatedId(cluster, association), arn: null, region: cluster.region };
}

/** The service accounts of associations as what a finding touches. */
export function associatedServiceAccounts(
  { cluster, associations }: { readonly cluster: ClusterHas; readonly associations: readonly PodIdentityAssociation[] },
  why: string,
): readonly Related[] {
  return associations.map((one) => ({ type: 'service-account', id: associatedId(cluster, one), region: cluster.region, why }));
}

/** Associations by name, as a sentence has them. */
export function associationsInWords(cluster: ClusterHas, associations: readonly PodIdentityAssociation[], facts: NamesOfClusters): string {
  return inWords(associations.map(({ namespace, serviceAccount: name }) => serviceAccountInWords(cluster, { namespace, name }, facts)));
}
