import {
  associatedEntries,
  associatedServiceAccounts,
  associationsInWords,
  type AssociatedRole,
} from '../../../facts/pod-identity/associations.js';
import type { NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { Has } from '../../../facts/account/facts.js';
import { parseRoleArn } from '../../../facts/account/role-arn.js';
import type { DeniedBy } from '../../../facts/permissions/role-permissions.js';
import { mayTake, refusedByItself, type Refused } from '../../../facts/pod-identity/target-role.js';
import { groupBy } from '../../../lib/group-by.js';
import type { PodIdentityAssociation } from '../../../model/inventory/inventory.js';
import { unanswered } from '../../../model/inventory/observed.js';
import { TAG_SESSION } from '../../../policy/actions/pod-identity.js';
import { EKS_AUTH_DENIED } from '../../../model/report/pod-identity-errors.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

/** A role that the role of an association does not get to, and what keeps it from there. */
interface Unreached {
  readonly association: PodIdentityAssociation;
  readonly target: string;
  readonly refused: Refused;
}

const LACKS: Readonly<Record<DeniedBy, string>> = {
  permission: 'no policy of the role allows',
  deny: 'a policy of the role denies',
  boundary: 'the permissions boundary of the role does not allow',
};

const messages = {
  missing: ({ serviceAccounts, role, target, lack, reason }: Record<'serviceAccounts' | 'role' | 'target' | 'lack' | 'reason', string>) =>
    `The Pod Identity association of ${serviceAccounts} goes on from ${role} to ${target}, for which ${lack}${reason}.`,
} satisfies Messages;

const isElsewhere = (target: string, { inventory }: Has): boolean => {
  const parsed = parseRoleArn(target);
  return parsed !== null && parsed.account !== inventory.account;
};

/** The actions, and for what the second one is. */
const actionsInWords = ({ by, actions }: Refused): string =>
  actions
    .map((action) => (action === TAG_SESSION ? `${action} for the tags of its session` : action))
    .join(by === 'deny' ? ' and ' : ' or ');

/** Why the trust policy of the target does not do; nothing where no trust policy would. */
function reasonOf({ by }: Refused, elsewhere: boolean): string {
  if (elsewhere) return ': across accounts both sides have to allow it';
  return by === 'permission' ? ': the trust policy of that one names the account, which leaves it to the policies of the role' : '';
}

function unreached({ role, cluster, associations }: AssociatedRole, facts: Has<'roles' | 'managed-policies'>): readonly Unreached[] {
  const { inventory } = facts;
  return associations.flatMap((association): readonly Unreached[] => {
    const target = association.targetRoleArn ?? '';
    const found = facts.role(target);
    const refused = isElsewhere(target, facts)
      ? mayTake(role.role, { cluster, association, account: inventory.account }, target, inventory).refused
      : found === null
        ? null
        : refusedByItself({ association, role }, cluster, found, facts);
    return refused === null ? [] : [{ association, target, refused }];
  });
}

function evaluate(of: AssociatedRole, facts: Has<'roles' | 'managed-policies'> & NamesOfClusters): readonly Raised[] {
  const { role, cluster } = of;
  return [...groupBy(unreached(of, facts), ({ target }) => target)].map(([target, some]): Raised => {
    const own = some.map(({ association }) => association);
    const [{ refused } = { refused: { by: 'permission', actions: [] } satisfies Refused }] = some;
    const elsewhere = isElsewhere(target, facts);
    const { actions, by } = refused;
    return {
      message: messages.missing({
        serviceAccounts: associationsInWords(cluster, own, facts),
        role: role.role.arn,
        target: elsewhere ? `${target} of another account` : target,
        lack: `${LACKS[by]} ${actionsInWords(refused)}`,
        reason: reasonOf(refused, elsewhere),
      }),
      evidence: [
        {
          what: 'policies of the role',
          path: null,
          found: [...role.role.attachedPolicyArns, ...role.role.inlinePolicies.map(({ name }) => name)],
          expected: `${actions.join(' and ')} on ${target}`,
        },
      ],
      related: [
        ...(elsewhere ? [] : [{ type: 'role' as const, id: target, why: 'is the target role, and is not reached' }]),
        ...associatedServiceAccounts({ cluster, associations: own }, 'its pods get no credentials of the target role'),
      ],
      unless:
        role.role.permissionsBoundaryArn === null && role.role.attachedPolicyArns.length === 0
          ? null
          : unanswered(facts.inventory.managedPolicies),
      fix: {
        summary:
          by === 'permission'
            ? `Allow the role ${actions.join(' and ')} on ${target}.${elsewhere ? ` Whether ${target} trusts the role, its own account tells.` : ''}`
            : `Have the ${by === 'deny' ? 'Deny' : 'permissions boundary'} of the role spare ${target}, if the association is meant.`,
      },
    };
  });
}

/** The role of an association may not take its target role: of one in another account, the half of that chain which is here. */
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
  why: 'An association with a target role chains two roles. Where the trust policy of the target names an account, and always across accounts, the role of the association needs a permission for sts:AssumeRole on it; a Deny or a boundary of its own keeps it away whatever the target trusts. Nothing checks that when the association is made.',
  error: EKS_AUTH_DENIED,
  references: ['EKS/pod-id-assign-target-role.html'],
  subjects: (facts, scope) => associatedEntries(facts, scope),
  evaluate,
});
