import { ageOf, LATELY } from '../../../facts/account/age.js';
import { allowsNothing, type Nothing } from '../../../facts/permissions/allows-nothing.js';
import type { Has, RoleHas } from '../../../facts/account/facts.js';
import { tokenBearers } from '../../../facts/account/pods-by-hand.js';
import { goesOnAlone, isAllowedByName } from '../../../facts/account/role-goes-on.js';
import { admitsPods, mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { relatedUsers } from '../../../facts/account/subjects.js';
import { rolesForPods } from '../../../facts/trust/role-entries.js';
import { mayBeCarried } from '../../../facts/pod-identity/unread-carriers.js';
import { ownPermissions } from '../../../model/contract/about.js';
import type { UsageNeed } from '../../../model/contract/sections.js';
import { defineRule, type Messages, type Raised, type Unless } from '../../contract/define-rule.js';

type Looked = 'roles' | 'managed-policies' | 'workloads' | UsageNeed;

const BECAUSE: Readonly<Record<Exclude<Nothing, 'denied'>, string>> = {
  none: 'has no policy',
  idle: 'has no policy with a statement that allows anything',
  bounded: 'has a permissions boundary that allows nothing of what its policies allow',
};

const messages = {
  nothing: ({ because }: { because: string }) =>
    `This role is in use and ${because}: it may call only what needs no permission, such as sts:GetCallerIdentity, and what resource-based policies allow it.`,
  denied: () => 'This role is in use, and a Deny statement of its policies or its permissions boundary denies it everything.',
} satisfies Messages;

/** Why it may not be in use, or only go on to another role, for all that was read. */
function unlessOf(role: RoleHas<Looked>, isUsedAnyway: boolean, facts: Has<Looked>): Unless | null {
  // Another role may name it: that of one workload is read by itself.
  const { roles } = facts.inventory;
  const unread = roles.known ? null : { reason: roles.reason };
  if (unread !== null || admitsPods(role)) return unread ?? mayBeCarried(facts);
  // An association would win over an annotation.
  return isUsedAnyway
    ? null
    : (role.users.map(({ cluster, serviceAccount }) => mayBeAssociated(cluster, serviceAccount, facts)).find((one) => one !== null) ??
        null);
}

function evaluate(role: RoleHas<Looked>, facts: Has<Looked>): readonly Raised[] {
  const { arn, lastUsed, inlinePolicies, attachedPolicyArns, permissionsBoundaryArn } = role.role;
  const isUsedAnyway = (lastUsed !== null && ageOf(lastUsed.date, facts) <= LATELY) || tokenBearers(arn, facts).length > 0;
  if (!isUsedAnyway && role.usage !== 'used') return [];
  const nothing = allowsNothing(role.role, facts.inventory);
  if (nothing === null || goesOnAlone(role) || isAllowedByName(arn, facts)) return [];
  return [
    {
      message: nothing === 'denied' ? messages.denied() : messages.nothing({ because: BECAUSE[nothing] }),
      related: relatedUsers(role.users, 'has this role'),
      evidence: [
        {
          what: 'policies of the role',
          path: null,
          found: [...attachedPolicyArns, ...inlinePolicies.map(({ name }) => name), permissionsBoundaryArn ?? []].flat(),
          expected: null,
        },
      ],
      about: [ownPermissions],
      unless: unlessOf(role, isUsedAnyway, facts),
      fix: { summary: 'Attach a policy that allows what its pods are to do, unless resource-based policies are meant to.' },
    },
  ];
}

/** A role in use to which no policy of its own allows anything. */
export const roleAllowsNothing = defineRule({
  id: 'role-allows-nothing',
  cause: 'role-permissions-missing',
  since: '0.2.0',
  kind: 'hygiene',
  severity: 'info',
  confidence: 'possible',
  scope: 'account',
  link: 'permissions',
  needs: ['roles'],
  looksAt: ['managed-policies', 'clusters', 'service-accounts', 'pod-identity-associations', 'addons', 'node-groups', 'workloads'],
  title: 'Role in use allows nothing',
  why: 'Without a policy that allows it, every call that needs a permission is refused, unless a policy of the resource, such as a bucket or a key, allows it to the role. Those are not read.',
  references: ['IAM/access_policies_identity-vs-resource.html'],
  subjects: (facts) => rolesForPods(facts),
  evaluate,
});
