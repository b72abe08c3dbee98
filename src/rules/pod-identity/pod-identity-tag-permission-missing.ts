import { associatedAccounts, associatedRoles, clusterIn, type AssociatedRole } from '../../facts/associations.js';
import { roleSubject } from '../../facts/subject-of.js';
import { ASSUME_ROLE, POD_IDENTITY_SERVICE, podIdentityAccess, podIdentityStatements, TAG_SESSION } from '../../policy/pod-identity.js';
import { defineRule, type Raised } from '../define-rule.js';

function evaluate(associated: AssociatedRole): readonly Raised[] {
  const { role, associations } = associated;
  const { policy } = role;
  if (policy.problems.length > 0 || podIdentityAccess(policy, ASSUME_ROLE) === 'no' || podIdentityAccess(policy, TAG_SESSION) !== 'no')
    return [];
  const [statement] = podIdentityStatements(policy);
  if (statement === undefined) return [];
  const actions = statement.actions.map(({ value }) => value);
  const tagged = associations.filter(({ disableSessionTags }) => disableSessionTags !== true);
  return [
    {
      message: tagged.length > 0 ? 'missing' : 'untagged',
      data: { cluster: associated.cluster.name },
      evidence: [{ what: 'actions', path: `${statement.path}.Action`, found: actions, expected: [...actions, TAG_SESSION] }],
      related: associatedAccounts(associated, 'its pods get no credentials by their association'),
      // The documentation prescribes the action for every association; whether it is needed without tags, it does not say.
      ...(tagged.length > 0 ? {} : { severity: 'medium', confidence: 'possible' }),
      fix: {
        summary: `Allow ${POD_IDENTITY_SERVICE} ${TAG_SESSION} beside ${ASSUME_ROLE}.`,
        edits: [{ kind: 'actions', statement: statement.index, actions: [...actions, TAG_SESSION] }],
      },
    },
  ];
}

/** EKS Pod Identity may assume the role of an association and may not tag the session, which it always does. */
export const podIdentityTagPermissionMissing = defineRule<AssociatedRole>({
  id: 'pod-identity-tag-permission-missing',
  cause: 'podid-trust-missing-tagsession',
  since: '0.1.0',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  needs: ['roles', 'pod-identity-associations'],
  uses: [],
  title: 'The role does not let EKS Pod Identity tag its sessions',
  why: `EKS Pod Identity tags each session with cluster, namespace, service account and pod. Without ${TAG_SESSION} in the trust policy the whole call is refused.`,
  error: null,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html',
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html',
  ],
  messages: {
    missing: `A Pod Identity association of cluster {cluster} gives this role, and its trust policy allows ${POD_IDENTITY_SERVICE} ${ASSUME_ROLE} without ${TAG_SESSION}.`,
    untagged: `Pod Identity associations of cluster {cluster} without session tags give this role, and its trust policy allows ${POD_IDENTITY_SERVICE} ${ASSUME_ROLE} without ${TAG_SESSION}, which the documentation prescribes.`,
  },
  subjects: (facts, scope) => {
    const cluster = clusterIn(facts, scope);
    return cluster === null ? [] : associatedRoles(cluster, facts).map((of) => ({ subject: roleSubject(of.role.role), of }));
  },
  evaluate,
});
