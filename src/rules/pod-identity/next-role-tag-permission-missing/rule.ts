import { associatedServiceAccounts, associationsInWords, clusterIn } from '../../../facts/pod-identity/associations.js';
import type { NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { Has } from '../../../facts/account/facts.js';
import { nextRoles, untagged, type NextRole } from '../../../facts/pod-identity/next-roles.js';
import { roleSubject } from '../../../facts/account/subjects.js';
import { inWords } from '../../../lib/list-in-words.js';
import { oneOrList } from '../../../lib/one-or-list.js';
import { tagsDenied } from '../../../model/report/pod-identity-errors.js';
import { ASSUME_ROLE, TAG_SESSION } from '../../../policy/actions/pod-identity.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  untagged: ({ serviceAccounts, roles }: { serviceAccounts: string; roles: string }) =>
    `A policy of ${roles}, which the Pod Identity association of ${serviceAccounts} gives, names this role to go on to, and its trust policy allows that ${ASSUME_ROLE} without ${TAG_SESSION}: the tags of the session are passed on, and the call is refused.`,
} satisfies Messages;

function evaluate(of: NextRole, facts: Has & NamesOfClusters): readonly Raised[] {
  const from = untagged(of, facts.inventory.account);
  if (from.length === 0) return [];
  const associations = [...new Set(from.map(({ association }) => association))];
  const arns = [...new Set(from.map(({ role }) => role.role.arn))];
  return [
    {
      message: messages.untagged({ serviceAccounts: associationsInWords(of.cluster, associations, facts), roles: inWords(arns) }),
      error: tagsDenied(arns[0] ?? '', of.next.role.arn),
      evidence: [{ what: 'trust policy', path: '$', found: ASSUME_ROLE, expected: [ASSUME_ROLE, TAG_SESSION] }],
      related: associatedServiceAccounts({ cluster: of.cluster, associations }, 'its pods may go on to this role'),
      fix: {
        summary: `Allow ${inWords(arns)} ${TAG_SESSION} beside ${ASSUME_ROLE}, or turn the session tags of the association off, if nothing reads them.`,
        edits: [{ kind: 'add-statement', statement: { Effect: 'Allow', Principal: { AWS: oneOrList(arns) }, Action: TAG_SESSION } }],
      },
    },
  ];
}

/** A role that pods go on to with a tagged session does not allow the tags. */
export const nextRoleTagPermissionMissing = defineRule({
  id: 'next-role-tag-permission-missing',
  cause: 'podid-trust-missing-tagsession',
  since: '0.2.0',
  kind: 'break',
  severity: 'medium',
  // No configuration shows that a program goes on.
  confidence: 'possible',
  scope: 'cluster',
  link: 'target role',
  needs: ['roles', 'pod-identity-associations'],
  looksAt: ['managed-policies'],
  title: 'Session tags denied by the next role',
  why: `EKS Pod Identity tags each session, and the tags are transitive: who goes on from it to another role passes them on. Without ${TAG_SESSION} in the trust policy of that role the whole call is refused. That a program really goes on, its policy suggests and configuration does not show.`,
  errorForm: tagsDenied('{role}', '{next role}'),
  references: ['EKS/pod-id-abac.html', 'EKS/pod-id-assign-target-role.html'],
  subjects: (facts, scope) => {
    const cluster = clusterIn(facts, scope);
    return cluster === null ? [] : nextRoles(cluster, facts).map((of) => ({ subject: roleSubject(of.next.role), of }));
  },
  evaluate,
});
