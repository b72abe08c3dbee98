import { memo } from '../../lib/memo.js';
import type { ClusterHas } from '../../model/contract/has.js';
import type { Json, PodIdentityAssociation, ServiceAccount } from '../../model/inventory/inventory.js';
import type { Patch, Subject } from '../../model/report/finding.js';
import { unanswered, seen, type Unless } from '../../model/inventory/observed.js';
import type { Scope } from '../../model/contract/scope.js';
import { serviceAccountKey, associationsByServiceAccount } from './service-account-key.js';
import type { ClusterIndex, GivenBy, Has, IssuingCluster, IssuingHas } from './facts.js';
import { mayBeAssociated } from './may-be-associated.js';
import { issuingClustersIn } from './subjects.js';

/** The sections that tell of service accounts, how they are given roles, and whether they are there to stay. */
export type Live = GivenBy | 'namespaces';

/** A service account of a cluster that has an issuer, in a namespace that is there to stay. */
export interface LiveServiceAccount<C = ClusterHas<Live>> {
  readonly cluster: IssuingCluster<C>;
  readonly serviceAccount: ServiceAccount;
  /** `cluster/namespace/name` */
  readonly id: string;
  /** An association of EKS Pod Identity gives it its role, whatever its annotations say. */
  readonly associated: boolean;
  /** That association; null where there is none. */
  readonly association: PodIdentityAssociation | null;
}

interface LiveEntry<C> {
  readonly subject: Subject;
  readonly of: LiveServiceAccount<C>;
  /** Why nothing is certain that is said of it. */
  readonly unless: Unless | null;
}

/** A service account as the subject of a finding, whether it is there or not. */
export function serviceAccountSubject({ cluster }: IssuingHas, namespace: string, name: string): Subject {
  return { type: 'service-account', id: `${cluster.name}/${namespace}/${name}`, arn: null, region: cluster.region };
}

const serviceAccountsByKey = memo(
  ({ serviceAccounts }: ClusterHas<'service-accounts'>): ReadonlyMap<string, ServiceAccount> =>
    new Map(
      seen(serviceAccounts).map((serviceAccount) => [serviceAccountKey(serviceAccount.namespace, serviceAccount.name), serviceAccount]),
    ),
);

/** A service account by its `namespace/name`; null where the list, as far as it was read, has none. */
export function serviceAccountAt({ cluster }: IssuingHas<'service-accounts'>, key: string): ServiceAccount | null {
  return serviceAccountsByKey(cluster).get(key) ?? null;
}

const namespacesOf = memo(
  ({ namespaces }: ClusterHas<'namespaces'>): ReadonlySet<string> => new Set(seen(namespaces).map(({ name }) => name)),
);

const terminatingIn = memo(
  ({ namespaces }: ClusterHas<'namespaces'>): ReadonlySet<string> =>
    new Set(seen(namespaces).flatMap(({ name, terminating }) => (terminating ? [name] : []))),
);

/** Whether a namespace is being deleted: what is in it goes with it. */
export function isTerminating({ cluster }: IssuingHas<'namespaces'>, namespace: string): boolean {
  return terminatingIn(cluster).has(namespace);
}

/** Why a namespace may be being deleted for all that is known: the namespaces were asked for, and this one was not read. */
export function mayBeTerminating({ cluster }: IssuingHas<'namespaces'>, namespace: string): Unless | null {
  return namespacesOf(cluster).has(namespace) ? null : unanswered(cluster.namespaces);
}

/** Rules by the dozen ask for the same list. */
const listServiceAccounts = memo(<C extends ClusterHas<Live>>(cluster: IssuingCluster<C>): readonly LiveEntry<C>[] => {
  const associations = associationsByServiceAccount(cluster.cluster);
  return seen(cluster.cluster.serviceAccounts)
    .filter(({ namespace }) => !isTerminating(cluster, namespace))
    .map((serviceAccount) => {
      const { namespace, name } = serviceAccount;
      const subject = serviceAccountSubject(cluster, namespace, name);
      const association = associations.get(serviceAccountKey(namespace, name)) ?? null;
      const of = { cluster, serviceAccount, id: subject.id, associated: association !== null, association };
      return { subject, of, unless: mayBeTerminating(cluster, namespace) };
    });
});

/** The service accounts of the cluster that a rule runs over, as entries. */
export function serviceAccountsIn<C extends ClusterHas<Live>>(facts: ClusterIndex<C>, scope: Scope): readonly LiveEntry<C>[] {
  return issuingClustersIn(facts, scope).flatMap((cluster) => listServiceAccounts(cluster));
}

const listOnAnnotations = memo(<C extends ClusterHas<Live>>(cluster: IssuingCluster<C>, facts: Has<'roles'>): readonly LiveEntry<C>[] => {
  return listServiceAccounts(cluster).flatMap((entry) => {
    if (entry.of.associated) return [];
    const unless = entry.unless ?? mayBeAssociated(cluster.cluster, entry.of.serviceAccount, facts);
    return [{ ...entry, unless }];
  });
});

/** Those of them whose role depends on their annotations. */
export function serviceAccountsOnAnnotations<C extends ClusterHas<Live>>(
  facts: Has<'roles'> & ClusterIndex<C>,
  scope: Scope,
): readonly LiveEntry<C>[] {
  return issuingClustersIn(facts, scope).flatMap((cluster) => listOnAnnotations(cluster, facts));
}

/** The change of one annotation; null takes it away. */
export function annotationPatch({ cluster, serviceAccount, id }: LiveServiceAccount, key: string, value: string | null): Patch {
  const others = Object.entries(serviceAccount.annotations).filter(([one]) => one !== key);
  const after: Json = Object.fromEntries(value === null ? others : [...others, [key, value]]);
  return {
    resource: id,
    region: cluster.cluster.region,
    kind: 'service-account',
    before: { annotations: serviceAccount.annotations },
    after: { annotations: after },
  };
}
