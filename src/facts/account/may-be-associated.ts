import { memo } from '../../lib/memo.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { ClusterHas } from '../../model/contract/has.js';
import type { ServiceAccount } from '../../model/inventory/inventory.js';
import { seen, unanswered, type Unless } from '../../model/inventory/observed.js';
import { ASSUME_ROLE, plainDeny, podIdentityAccess } from '../../policy/actions/pod-identity.js';
import { serviceAccountKey } from './service-account-key.js';
import { asksAgent } from './asks-agent.js';
import type { Has, RoleHas, ShowsAssociations } from './facts.js';

/** A service account, with its annotations where they are known. */
type Asked = Pick<ServiceAccount, 'namespace' | 'name'> & Partial<Pick<ServiceAccount, 'annotations'>>;

/** Whether EKS Pod Identity may assume a role, by what its trust policy allows. */
export const admitsPods = ({ policy }: RoleHas): boolean =>
  podIdentityAccess(policy, ASSUME_ROLE) !== 'no' && plainDeny(policy, ASSUME_ROLE) === null;

/** Whether a role of the account is for EKS Pod Identity, or may be, for all that was read of them. */
const hasRolesForPods = memo((facts: Has<'roles'>): boolean => !facts.inventory.roles.known || facts.roles.some(admitsPods));

/** The service accounts of a cluster whose pods were told of the agent, which the webhook does only where an association is there (its pkg/handler/handler.go). */
const shownByPods = memo(
  ({ workloads }: ClusterHas<'workloads'>): ReadonlySet<string> =>
    new Set(
      seen(workloads)
        .filter(({ containers }) => containers.some(asksAgent))
        .map(({ namespace, serviceAccount }) => serviceAccountKey(namespace, serviceAccount)),
    ),
);

/** Whether the role that an annotation names is for EKS Pod Identity, and for no web identity. */
function isForPodsAlone({ annotations }: Asked, facts: Has<'roles'>): boolean {
  const role = facts.role(annotations?.[ROLE_ANNOTATION] ?? '');
  return role !== null && role.statements.length === 0 && admitsPods(role);
}

/**
 * Why a service account may have its role by Pod Identity, whatever its annotation says: the associations were not read, and its pods,
 * or the role that it names, show that it has one, or nothing shows that it has none: they, or the pods that would show them, were asked
 * for. Null where they were read, for those that there are win and are told as that; and where no role of the account is for Pod
 * Identity, for then nobody makes any.
 * @param asked null = whichever of the cluster
 */
export function mayBeAssociated(cluster: ClusterHas<ShowsAssociations>, asked: Asked | null, facts: Has<'roles'>): Unless | null {
  const { podIdentityAssociations, workloads } = cluster;
  if (podIdentityAssociations.known) return null;
  const shown = shownByPods(cluster);
  const isShown =
    asked === null ? shown.size > 0 : shown.has(serviceAccountKey(asked.namespace, asked.name)) || isForPodsAlone(asked, facts);
  if (isShown) return { reason: podIdentityAssociations.reason };
  return hasRolesForPods(facts) ? (unanswered(podIdentityAssociations) ?? unanswered(workloads)) : null;
}
