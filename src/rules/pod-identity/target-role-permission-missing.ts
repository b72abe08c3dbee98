import {
  associatedEntries,
  associatedServiceAccounts,
  associationsInWords,
  type AssociatedRole,
} from '../../facts/pod-identity/associations.js';
import type { NamesOfClusters } from '../../facts/pod-identity/cluster-in-words.js';
import type { Has } from '../../facts/account/facts.js';
import { parseRoleArn } from '../../facts/account/role-arn.js';
import type { DeniedBy } from '../../facts/permissions/role-permissions.js';
import { mayTake } from '../../facts/pod-identity/target-role.js';
import { groupBy } from '../../lib/group-by.js';
import { unanswered } from '../../model/inventory/observed.js';
import { EKS_AUTH_DENIED } from '../../model/report/pod-identity-errors.js';
import { defineRule, type Messages, type Raised } from '../contract/define-rule.js';

const LACKS: Readonly<Record<DeniedBy, string>> = {
  permission: 'no policy of the role allows',
  deny: 'a policy of the role denies',
  boundary: 'the permissions boundary of the role does not allow',
};

const messages = {
  missing: ({
    serviceAccounts,
    role,
    target,
    actions,
    by,
  }: {
    serviceAccounts: string;
    role: string;
    target: string;
    actions: string;
    by: DeniedBy;
  }) =>
    `The Pod Identity association of ${serviceAccounts} goes on from ${role} to ${target} of another account, for which ${LACKS[by]} ${actions}: across accounts both sides have to allow it.`,
} satisfies Messages;

function evaluate({ role, cluster, associations }: AssociatedRole, facts: Has<'managed-policies'> & NamesOfClusters): readonly Raised[] {
  const { inventory } = facts;
  // Those of this account are told with the target role, which is here too.
  const elsewhere = associations.filter(({ targetRoleArn }) => {
    const parsed = parseRoleArn(targetRoleArn ?? '');
    return parsed !== null && parsed.account !== inventory.account;
  });
  const judged = elsewhere.map((association) => {
    const target = association.targetRoleArn ?? '';
    return { association, target, verdict: mayTake(role.role, { cluster, association, account: inventory.account }, target, inventory) };
  });
  const refused = judged.filter(({ verdict }) => verdict.outcome === 'no');
  return [...groupBy(refused, ({ target }) => target)].map(([target, some]): Raised => {
    const own = some.map(({ association }) => association);
    const { by = 'permission', actions = [] } = some.map(({ verdict }) => verdict.refused).find((one) => one !== null) ?? {};
    return {
      message: messages.missing({
        serviceAccounts: associationsInWords(cluster, own, facts),
        role: role.role.arn,
        target,
        actions: actions.join(by === 'deny' ? ' and ' : ' or '),
        by,
      }),
      evidence: [
        {
          what: 'policies of the role',
          path: null,
          found: [...role.role.attachedPolicyArns, ...role.role.inlinePolicies.map(({ name }) => name)],
          expected: `${actions.join(' and ')} on ${target}`,
        },
      ],
      related: associatedServiceAccounts({ cluster, associations: own }, 'its pods get no credentials of the target role'),
      unless:
        role.role.permissionsBoundaryArn === null && role.role.attachedPolicyArns.length === 0
          ? null
          : unanswered(inventory.managedPolicies),
      fix: {
        summary: `Allow the role ${actions.join(' and ')} on ${target}, and take away a Deny or boundary that keeps it from that. Whether ${target} trusts the role, its own account tells.`,
      },
    };
  });
}

/** The role of an association may not take the target role of another account: the half of that chain which is here. */
export const targetRolePermissionMissing = defineRule({
  id: 'target-role-permission-missing',
  cause: 'role-permissions-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'target role',
  needs: ['roles', 'pod-identity-associations'],
  looksAt: ['managed-policies'],
  title: 'Target role not allowed by the role',
  why: 'An association with a target role chains two roles. Across accounts the trust policy of the target is not enough: the role of the association needs a permission for sts:AssumeRole on it, and nothing checks that when the association is made.',
  error: EKS_AUTH_DENIED,
  references: ['EKS/pod-id-assign-target-role.html'],
  subjects: (facts, scope) => associatedEntries(facts, scope),
  evaluate,
});
