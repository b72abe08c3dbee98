import { isNameOf, workloadsNamed } from '../facts/pod/pods-named.js';
import { nearest } from '../lib/nearest.js';
import { allClusters } from '../model/inventory/all-clusters.js';
import type { ChainTarget } from '../model/report/chain.js';
import type { Cluster, Inventory } from '../model/inventory/inventory.js';
import { seen } from '../model/inventory/observed.js';
import type { Workload } from '../model/inventory/workload.js';

/** Which workload `why` is asked about. */
export interface WhyQuestion {
  /** Its name, or `region/name` where several regions have one of this name; may be left out where the inventory holds one cluster. */
  readonly cluster?: string;
  readonly namespace: string;
  readonly serviceAccount?: string;
  readonly pod?: string;
  /** What owns its pods, such as a Deployment; a kind of null = a bare name, of a pod, of what owns pods, or of a service account. */
  readonly owner?: { readonly kind: string | null; readonly name: string };
}

/** A workload or cluster that an inventory does not hold; the message says what it does hold. */
export class NoSuchWorkloadError extends Error {
  override readonly name = 'NoSuchWorkloadError';
}

const SLIP = 3;
const MOST_NAMED = 10;
const placeOf = ({ region, name }: Cluster): string => `${region}/${name}`;
const placesOf = (clusters: readonly Cluster[]): string => clusters.map(placeOf).slice(0, MOST_NAMED).join(', ');

/** The service account that is meant, and one of its pods where one was named or found by its owner. */
export type WorkloadMeant = Pick<ChainTarget, 'serviceAccount' | 'pod' | 'owner'>;

const kindOf = ({ kind }: { readonly kind: string | null }): string => (kind === null ? 'pod or workload' : kind.toLowerCase());

const isServiceAccountOf = ({ serviceAccounts }: Cluster, namespace: string, name: string): boolean =>
  seen(serviceAccounts).some((one) => one.namespace === namespace && one.name === name);

/** The pods that are meant by a name alone: that of a service account is none that only begins as a pod's would. */
function namedAlone(cluster: Cluster, namespace: string, name: string): readonly Workload[] {
  const found = workloadsNamed(seen(cluster.workloads), namespace, name).filter((one) => isNameOf(one, name));
  const isExact = found.some(({ owner, example }) => owner.name === name || example === name);
  return isExact || !isServiceAccountOf(cluster, namespace, name) ? found : [];
}

/** What a workload is, by the kind and name of what owns its pods; that runs as its newest pods do. */
function meantByOwner(cluster: Cluster, { namespace, owner }: WhyQuestion & Required<Pick<WhyQuestion, 'owner'>>): WorkloadMeant {
  const { workloads, serviceAccounts } = cluster;
  const here = seen(workloads).filter((one) => one.namespace === namespace);
  const own =
    owner.kind === null
      ? namedAlone(cluster, namespace, owner.name)
      : here.filter((one) => one.owner.kind === owner.kind && one.owner.name === owner.name);
  const newest = own.reduce<Workload | undefined>(
    (best, one) => ((one.newest ?? '') > (best?.newest ?? '') ? one : (best ?? one)),
    undefined,
  );
  if (newest !== undefined) {
    const isPod = owner.kind === null && newest.owner.name !== owner.name;
    return { serviceAccount: newest.serviceAccount, ...(isPod ? { pod: owner.name } : { pod: null, owner: newest.owner }) };
  }
  const isServiceAccount = isServiceAccountOf(cluster, namespace, owner.name);
  if (owner.kind === null && (isServiceAccount || !workloads.known)) return { serviceAccount: owner.name, pod: null };
  const names = here.filter((one) => owner.kind === null || one.owner.kind === owner.kind).map((one) => one.owner.name);
  const near = nearest(owner.name, names, SLIP);
  const isBareName = owner.kind === null && serviceAccounts.known;
  throw new NoSuchWorkloadError(
    workloads.known || workloads.partial !== undefined
      ? `There is no ${isBareName ? 'service account, ' : ''}${kindOf(owner)} ${owner.name}${isBareName ? '' : ' with running pods'} in namespace ${namespace} of cluster ${cluster.name}.${near === null ? '' : ` Did you mean ${near}?`}`
      : `The pods of cluster ${cluster.name} were not read, so the service account of ${owner.name} is not known: name it with --service-account.`,
  );
}

/** Who is meant, as far as the pods of the cluster were read. */
export function meantIn(cluster: Cluster, asked: WhyQuestion): WorkloadMeant {
  const { namespace, pod, serviceAccount, owner } = asked;
  if (owner !== undefined) return meantByOwner(cluster, { ...asked, owner });
  if (serviceAccount !== undefined || pod === undefined) return { serviceAccount: serviceAccount ?? 'default', pod: pod ?? null };
  const { workloads } = cluster;
  const [found] = workloadsNamed(seen(workloads), namespace, pod);
  if (found !== undefined) return { serviceAccount: found.serviceAccount, pod };
  throw new NoSuchWorkloadError(
    workloads.known || workloads.partial !== undefined
      ? `There is no running pod ${pod} in namespace ${namespace} of cluster ${cluster.name}.`
      : `The pods of cluster ${cluster.name} were not read, so the service account of ${pod} is not known: name it with --service-account.`,
  );
}

/** Whether a cluster has what is asked about; null where that was not read. */
function holds(cluster: Cluster, { namespace, serviceAccount, pod, owner }: WhyQuestion): boolean | null {
  const { serviceAccounts, workloads } = cluster;
  const isThere = isServiceAccountOf(cluster, namespace, serviceAccount ?? owner?.name ?? '');
  if (serviceAccount !== undefined) return isThere || (serviceAccounts.known ? false : null);
  if (owner?.kind === null && isThere) return true;
  const here = seen(workloads);
  const runs =
    owner != null && owner.kind !== null
      ? here.some((one) => one.namespace === namespace && one.owner.kind === owner.kind && one.owner.name === owner.name)
      : (owner === undefined ? workloadsNamed(here, namespace, pod ?? '') : namedAlone(cluster, namespace, owner.name)).length > 0;
  return runs || (workloads.known && (owner?.kind !== null || serviceAccounts.known) ? false : null);
}

/** The cluster of a workload, and among how many it is the only one that has it; 1 = it was named, or is the only one. */
export interface ClusterMeant {
  readonly cluster: Cluster;
  readonly among: number;
}

/** Why none of several clusters is the one that is meant, and which may be. */
function severalInWords(asked: WhyQuestion, { meant, possible }: Record<'meant' | 'possible', readonly Cluster[]>): string {
  const { cluster: named, namespace, serviceAccount, pod, owner } = asked;
  const what = `${owner?.kind == null ? '' : `${owner.kind.toLowerCase()} `}${serviceAccount ?? pod ?? owner?.name ?? ''}`;
  if (possible.length === 0) return `No cluster that was read has ${what} in namespace ${namespace}; there are ${placesOf(meant)}.`;
  const [only, other] = possible;
  if (only !== undefined && other === undefined)
    return `No cluster that was read has ${what} in namespace ${namespace}, and not all of ${placeOf(only)} was read: name that with --cluster to ask about it.`;
  return named === undefined
    ? `There are several clusters: name one of them with --cluster (${placesOf(possible)}).`
    : `Several regions have a cluster ${named}: name one with --cluster (${placesOf(possible)}).`;
}

/** The one that is named, else the only one that has what is asked about. @throws NoSuchWorkloadError */
export function clusterMeant(inventory: Inventory, asked: WhyQuestion): ClusterMeant {
  const { cluster: named } = asked;
  const all = allClusters(inventory);
  const meant = named === undefined ? all : all.filter((one) => one.name === named || placeOf(one) === named);
  const possible = meant.length < 2 ? meant : meant.filter((one) => holds(one, asked) !== false);
  const [cluster, ...others] = possible;
  // What was not read may be what is meant.
  if (cluster !== undefined && others.length === 0 && (meant.length === 1 || holds(cluster, asked) === true))
    return { cluster, among: meant.length };
  if (meant.length > 1) throw new NoSuchWorkloadError(severalInWords(asked, { meant, possible }));
  const near =
    named === undefined
      ? null
      : nearest(
          named,
          all.map(({ name }) => name),
          SLIP,
        );
  throw new NoSuchWorkloadError(
    `There is no cluster${named === undefined ? '' : ` ${JSON.stringify(named)}`} among those that were read.${near === null ? '' : ` Did you mean ${near}?`}`,
  );
}
