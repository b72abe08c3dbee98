import type { Confidence, Severity } from '../../model/report/finding.js';
import { unanswered, type Unless } from '../../model/inventory/observed.js';
import type { Carriers, Has, RoleHas } from '../account/facts.js';
import { namedServiceAccounts, type NamedByRole } from '../trust/named-accounts.js';
import { hasWebIdentity, podsOf } from './pods-of.js';
import { serviceAccountKey } from '../account/service-account-key.js';
import { areAddonsUnread, holdersUnread, namesClusterNotAsked } from '../pod-identity/unread-carriers.js';
import { ofPair, type RunningPods } from './running-pods.js';

/** Node daemons of add-ons that run on the node's role by design; charts name them in trust policies beside their controllers. */
const ON_THE_NODE_ROLE = new Set(
  ['aws-node', 'ebs-csi-node-sa', 'efs-csi-node-sa', 'fsx-csi-node-sa'].map((name) => serviceAccountKey('kube-system', name)),
);

/** Whether others have the role: then a service account without it may be named for later, or for no pod that calls AWS. */
export const hasOthers = ({ users, associatedIn }: RoleHas<Carriers>): boolean => users.length > 0 || associatedIn.length > 0;

interface Weight {
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Why it may be less, or no defect at all. */
  readonly unless: Unless | null;
}

function weightOf(of: RunningPods['of'], named: readonly NamedByRole<RoleHas<Carriers>>[], facts: Has<'roles' | Carriers>): Weight | null {
  const pods = podsOf(of);
  const running = pods !== null && pods.length > 0;
  // Set by hand, by the webhook of kOps from its own list, or by the webhook before somebody took the annotation away.
  const { workloads, podIdentityAssociations } = of.cluster.cluster;
  const unread = unanswered(workloads);
  if (running && pods.every(hasWebIdentity) && unread === null) return null;
  // Whoever names the role in the pod means it to have that.
  const isAskedFor = (pods ?? []).some(({ containers }) =>
    containers.some((one) => ofPair(one).length === 1 && named.some(({ role }) => role.role.arn === one.roleArn)),
  );
  if (!isAskedFor && named.every(({ role }) => hasOthers(role)))
    return running ? { severity: 'low', confidence: 'possible', unless: unread } : null;
  const holders = named.map(({ role }) => holdersUnread(role, facts)).find((one) => one !== null) ?? null;
  const unless = (running && !pods.every(hasWebIdentity) ? null : unread) ?? holders;
  // Nobody is known to go without. Cert-manager, External Secrets, Crossplane and KEDA ask for tokens of such a service account by
  // TokenRequest and bring them to STS themselves: that takes neither pod nor annotation (cert-manager, "Route53", serviceAccountRef).
  // Where nobody asked for the pods there may be some, and it is worth a look.
  if (!running) return { severity: pods === null ? 'low' : 'info', confidence: 'possible', unless };
  // Of a cluster that nobody asked for a service account may have the role, or an add-on that was not read: this one may be named for later.
  const mayHaveOthers = areAddonsUnread(facts) || named.every(({ role }) => namesClusterNotAsked(role, facts));
  if (mayHaveOthers || !podIdentityAssociations.known) return { severity: 'medium', confidence: 'possible', unless };
  return { severity: 'high', confidence: 'likely', unless };
}

/**
 * How bad and how sure it is that a service account asks for no role, by whose trust policies name it and what is known of its
 * use; null where it is no defect.
 */
export function weightWithoutRole(of: RunningPods['of'], facts: Has<'roles' | Carriers>): Weight | null {
  const key = serviceAccountKey(of.serviceAccount.namespace, of.serviceAccount.name);
  const named = namedServiceAccounts(of.cluster, facts).get(key) ?? [];
  return named.length === 0 || ON_THE_NODE_ROLE.has(key) ? null : weightOf(of, named, facts);
}
