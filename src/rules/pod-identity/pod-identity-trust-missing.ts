import { associatedAccounts, associatedRoles, clusterIn, type AssociatedRole } from '../../facts/associations.js';
import { roleSubject } from '../../facts/subject-of.js';
import { ASSUME_ROLE, POD_IDENTITY_SERVICE, POD_IDENTITY_STATEMENT, podIdentityAccess } from '../../policy/pod-identity.js';
import { defineRule, type Raised } from '../define-rule.js';

function evaluate(associated: AssociatedRole): readonly Raised[] {
  const { policy } = associated.role;
  // What cannot be read whole may hold the statement that is missed.
  if (policy.problems.length > 0 || podIdentityAccess(policy, ASSUME_ROLE) !== 'no') return [];
  const principals = policy.statements.flatMap((statement) => statement.principals);
  return [
    {
      message: 'missing',
      data: {
        cluster: associated.cluster.name,
        principals: [...new Set(principals.map(({ kind, value }) => `${kind} ${value}`))].join(', ') || 'nobody',
      },
      evidence: principals.map(({ kind, value, path }) => ({ what: `${kind} principal`, path, found: value, expected: null })),
      related: associatedAccounts(associated, 'its pods get no credentials by their association'),
      fix: {
        summary: `Add a statement that lets ${POD_IDENTITY_SERVICE} take the role; the others stay.`,
        edits: [{ kind: 'add-statement', statement: POD_IDENTITY_STATEMENT }],
      },
    },
  ];
}

/** A Pod Identity association gives a role whose trust policy does not let EKS Pod Identity in. */
export const podIdentityTrustMissing = defineRule<AssociatedRole>({
  id: 'pod-identity-trust-missing',
  cause: 'podid-trust-missing',
  since: '0.1.0',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  needs: ['roles', 'pod-identity-associations'],
  uses: [],
  title: 'The role does not trust EKS Pod Identity',
  why: `EKS takes the role of an association as the service ${POD_IDENTITY_SERVICE}. A trust policy made for IRSA, for EC2 or for nodes does not admit it, and EKS accepts the association all the same.`,
  error: null,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html',
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html',
  ],
  messages: {
    missing: `A Pod Identity association of cluster {cluster} gives this role, and its trust policy admits {principals} only, not ${POD_IDENTITY_SERVICE}.`,
  },
  subjects: (facts, scope) => {
    const cluster = clusterIn(facts, scope);
    return cluster === null ? [] : associatedRoles(cluster, facts).map((of) => ({ subject: roleSubject(of.role.role), of }));
  },
  evaluate,
});
