import type { Workload } from '../model/workload.js';

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
