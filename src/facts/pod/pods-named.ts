import type { ChainTarget } from '../../model/report/chain.js';
import type { Owner, Workload } from '../../model/inventory/workload.js';

/**
 * The records that the pod of a name is in: the one whose example it is. Of others only how many there are is kept: then
 * those of its owner, by the owner's own name or as it begins the name of its pods; the longest that fits.
 */
export function workloadsNamed(workloads: readonly Workload[], namespace: string, pod: string): readonly Workload[] {
  const here = workloads.filter((one) => one.namespace === namespace);
  const exact = here.filter(({ example }) => example === pod);
  if (exact.length > 0) return exact;
  const owned = here.filter(({ owner }) => owner.name === pod || pod.startsWith(`${owner.name}-`));
  const longest = Math.max(...owned.map(({ owner }) => owner.name.length));
  return owned.filter(({ owner }) => owner.name.length === longest);
}

/** What controllers put behind the name of what owns a pod (Kubernetes, `SafeEncodeString`: no vowels); of other kinds nothing is known. */
const ENDINGS: Readonly<Record<string, RegExp>> = {
  Deployment: /^-[a-z0-9]{1,10}-[b-df-hj-np-tv-z2-9]{5}$/,
  ReplicaSet: /^-[b-df-hj-np-tv-z2-9]{5}$/,
  DaemonSet: /^-[b-df-hj-np-tv-z2-9]{5}$/,
  Job: /^-(?:\d+-)?[b-df-hj-np-tv-z2-9]{5}$/,
  CronJob: /^-\d+-(?:\d+-)?[b-df-hj-np-tv-z2-9]{5}$/,
  StatefulSet: /^-\d+$/,
};

/** Whether a name is that of pods, of what owns them, or of one as its owner's controller would name it; not just one that begins alike. */
export const isNameOf = ({ owner, example }: Workload, name: string): boolean =>
  name === owner.name || name === example || (ENDINGS[owner.kind]?.test(name.slice(owner.name.length)) ?? true);

export const isOwnedBy = ({ owner }: Workload, { kind, name }: Owner): boolean => owner.kind === kind && owner.name === name;

/** Whether some pods of a service account alone are asked about: one, or those of an owner. */
export const asksForSome = ({ pod, owner }: Pick<ChainTarget, 'pod' | 'owner'>): boolean => pod !== null || owner !== undefined;

/** The pods that are asked about: all of a service account, those of one owner, or those that one pod is among. */
export function podsAsked(workloads: readonly Workload[], { namespace, serviceAccount, pod, owner }: ChainTarget): readonly Workload[] {
  const own = workloads.filter((one) => one.namespace === namespace && one.serviceAccount === serviceAccount);
  if (pod !== null) return workloadsNamed(own, namespace, pod);
  return owner === undefined ? own : own.filter((one) => isOwnedBy(one, owner));
}
