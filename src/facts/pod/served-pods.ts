import { listed } from '../../lib/list-in-words.js';
import type { ClusterHas } from '../../model/contract/has.js';
import type { PodIdentityAssociation } from '../../model/inventory/inventory.js';
import { unanswered } from '../../model/inventory/observed.js';
import type { Workload } from '../../model/inventory/workload.js';
import { serviceAccountKey } from '../account/service-account-key.js';
import { hasWebIdentity, podsOf, workloadsByServiceAccount } from './pods-of.js';
import { goesByAgent, inWords, isBeyondPodIdentity, setsKeys } from './running-pods.js';
import type { LiveServiceAccount } from '../account/service-accounts.js';

/** Whether pods of an associated service account have their role by the association, or get it by that when they are recreated. */
function goesByAssociation(workload: Workload): boolean {
  if (isBeyondPodIdentity(workload)) return false;
  if (workload.containers.some(goesByAgent)) return true;
  return !workload.skipsWebhook && !hasWebIdentity(workload) && !workload.containers.some(setsKeys);
}

/** The pods that would be without their role if an association were gone, as far as pods were read. */
export const servedPods = (of: LiveServiceAccount<ClusterHas<'workloads'>>): readonly Workload[] =>
  (podsOf(of) ?? []).filter(goesByAssociation);

/** Pods as a sentence has them, one verb for one or many. */
export const inWordsWith = (pods: readonly Workload[], one: string, many: string): string =>
  `${listed(pods.map(inWords))} ${pods.length === 1 ? one : many}`;

/**
 * Whether associations give nothing to any pod of theirs, because all of them run on Fargate or Windows: what such an association
 * lacks is not worth a change of a trust policy. One without pods may be for pods to come. `unread` = pods that were asked for and
 * not read may be such.
 */
export function serveNobody(
  cluster: ClusterHas<'workloads'>,
  associations: readonly Pick<PodIdentityAssociation, 'namespace' | 'serviceAccount'>[],
): 'yes' | 'no' | 'unread' {
  if (unanswered(cluster.workloads) !== null) return 'unread';
  const byKey = workloadsByServiceAccount(cluster);
  const areBeyond = associations.every(({ namespace, serviceAccount }) => {
    const own = byKey.get(serviceAccountKey(namespace, serviceAccount)) ?? [];
    return own.length > 0 && own.every(isBeyondPodIdentity);
  });
  return areBeyond && associations.length > 0 ? 'yes' : 'no';
}

/** A repair of the way by an association as it is worth making: a command for those whom it serves, and another way for others. */
export function unlessBeyond<R extends { readonly summary: string }>(
  repair: R,
  cluster: ClusterHas<'workloads'>,
  associations: Parameters<typeof serveNobody>[1],
): R | { readonly summary: string } {
  const serves = serveNobody(cluster, associations);
  if (serves === 'no') return repair;
  const { summary } = repair;
  return serves === 'unread'
    ? { summary }
    : {
        summary: `Give the pods the role by annotation (IRSA), or run them on Linux nodes: all of them run on Fargate or Windows, which EKS Pod Identity does not serve. Only for pods on Linux nodes: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
      };
}
