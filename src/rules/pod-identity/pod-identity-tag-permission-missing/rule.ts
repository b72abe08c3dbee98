import { associatedServiceAccounts, associatedEntries, type AssociatedRole } from '../../../facts/pod-identity/associations.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { RoleHas } from '../../../facts/account/facts.js';
import { unlessBeyond } from '../../../facts/pod/served-pods.js';
import {
  ASSUME_ROLE,
  coversTrustAction,
  plainDeny,
  POD_IDENTITY_SERVICE,
  podIdentityAccess,
  podIdentityStatements,
  TAG_SESSION,
} from '../../../policy/actions/pod-identity.js';
import type { TrustEdit } from '../../../policy/edit/repair.js';
import { EKS_AUTH_DENIED } from '../../../model/report/pod-identity-errors.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import { defineRule, type Messages, type Raised, type Repair } from '../../contract/define-rule.js';

/** Beside sts:AssumeRole where one statement allows that, to EKS Pod Identity alone; any other stays as it is. */
function repair({ policy }: RoleHas): TrustEdit {
  const [carrier, another] = podIdentityStatements(policy).filter((one) => coversTrustAction(one, ASSUME_ROLE));
  if (carrier === undefined || another !== undefined || carrier.negatedAction || carrier.principals.length > 1)
    return { kind: 'add-statement', statement: { Effect: 'Allow', Principal: { Service: POD_IDENTITY_SERVICE }, Action: TAG_SESSION } };
  return { kind: 'actions', statement: carrier.index, actions: [...carrier.actions.map(({ value }) => value), TAG_SESSION] };
}

/** A cluster with associations, and the pods that have their role by them. */
type Associating = ClusterHas<'pod-identity-associations' | 'workloads'>;

const messages = {
  missing: ({ cluster }: { cluster: string }) =>
    `A Pod Identity association of cluster ${cluster} gives this role, and its trust policy allows ${POD_IDENTITY_SERVICE} ${ASSUME_ROLE} without ${TAG_SESSION}.`,
  denied: ({ cluster, path }: { cluster: string; path: string }) =>
    `A Pod Identity association of cluster ${cluster} gives this role, and the Deny at ${path} of its trust policy takes ${TAG_SESSION} from ${POD_IDENTITY_SERVICE} again.`,
  untagged: ({ cluster }: { cluster: string }) =>
    `Pod Identity associations of cluster ${cluster} without session tags give this role, and its trust policy allows ${POD_IDENTITY_SERVICE} ${ASSUME_ROLE} without ${TAG_SESSION}, which the documentation prescribes.`,
} satisfies Messages;

function evaluate(associated: AssociatedRole<Associating>, facts: NamesOfClusters): readonly Raised[] {
  const { role, associations } = associated;
  const { policy } = role;
  if (policy.problems.length > 0 || podIdentityAccess(policy, ASSUME_ROLE) === 'no' || plainDeny(policy, ASSUME_ROLE) !== null) return [];
  const isMissing = podIdentityAccess(policy, TAG_SESSION) === 'no';
  const deny = plainDeny(policy, TAG_SESSION);
  if (!isMissing && deny === null) return [];
  const statements = deny === null ? podIdentityStatements(policy).filter((one) => coversTrustAction(one, ASSUME_ROLE)) : [deny];
  const tagged = associations.filter(({ disableSessionTags }) => disableSessionTags !== true);
  const cluster = clusterInWords(associated.cluster, facts);
  return [
    {
      message:
        deny === null ? messages[tagged.length > 0 ? 'missing' : 'untagged']({ cluster }) : messages.denied({ cluster, path: deny.path }),
      evidence: statements.map(({ path, actions, negatedAction }) => ({
        what: 'actions',
        path: `${path}.${negatedAction ? 'NotAction' : 'Action'}`,
        found: actions.map(({ value }) => value),
        expected: deny === null ? [ASSUME_ROLE, TAG_SESSION] : null,
      })),
      related: associatedServiceAccounts(associated, 'its pods get no credentials by their association'),
      // The documentation prescribes the action for every association; whether it is needed without tags, it does not say.
      ...(tagged.length > 0 ? {} : { severity: 'medium', confidence: 'possible' }),
      fix: unlessBeyond<Repair>(
        deny === null
          ? { summary: `Allow ${POD_IDENTITY_SERVICE} ${TAG_SESSION} beside ${ASSUME_ROLE}.`, edits: [repair(role)] }
          : { summary: `Take ${TAG_SESSION} for ${POD_IDENTITY_SERVICE} out of the Deny at ${deny.path}, if the association is meant.` },
        associated.cluster,
        associations,
      ),
    },
  ];
}

/** EKS Pod Identity may assume the role of an association and may not tag the session, which it always does. */
export const podIdentityTagPermissionMissing = defineRule({
  id: 'pod-identity-tag-permission-missing',
  cause: 'podid-trust-missing-tagsession',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'session tags',
  needs: ['roles', 'pod-identity-associations'],
  looksAt: ['workloads'],
  title: 'Session tags not allowed',
  why: `EKS Pod Identity tags each session with cluster, namespace, service account and pod. Without ${TAG_SESSION} in the trust policy the whole call is refused.`,
  error: EKS_AUTH_DENIED,
  references: ['EKS/pod-id-role.html', 'EKS/pod-id-abac.html'],
  subjects: (facts, scope) => associatedEntries(facts, scope),
  evaluate,
});
