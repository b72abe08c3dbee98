import type { InventoryHas } from '../model/has.js';
import { memo, memoWithin } from '../lib/memo.js';
import { only } from '../lib/one-or-list.js';
import type { Inventory, Json, Role } from '../model/inventory.js';
import { seen } from '../model/observed.js';
import { coversAction, coversResource, permissionsIn, unconditionalIn, type Permission } from '../policy/permissions.js';
import type { Tristate } from '../policy/tristate.js';

/** What a role is allowed by the policies whose text is known. */
export interface RolePermissions {
  readonly permissions: readonly Permission[];
  /** ARNs of attached policies whose text is not known: those of AWS, and those that were not read. */
  readonly unknown: readonly string[];
}

const managedPermissions = memo(
  (policies: Inventory['managedPolicies']): ReadonlyMap<string, readonly Permission[]> =>
    new Map(seen(policies).map(({ arn, document }) => [arn, permissionsIn(document)])),
);

/** What the inline policies of a role, and those of its attached ones whose text is known, allow. */
function permissionsOf(
  { inlinePolicies, attachedPolicyArns }: Role,
  managed: ReturnType<typeof managedPermissions>,
): readonly Permission[] {
  const known = [
    ...inlinePolicies.map(({ document }) => permissionsIn(document)),
    ...attachedPolicyArns.map((arn) => managed.get(arn) ?? []),
  ];
  return only(known) ?? known.flat();
}

const permissionsOfRoles = memo((policies: Inventory['managedPolicies']) => {
  const managed = managedPermissions(policies);
  return memoWithin((role: Role): RolePermissions => ({
    permissions: permissionsOf(role, managed),
    unknown: role.attachedPolicyArns.filter((arn) => !managed.has(arn)),
  }));
});

/** The permissions of a role, by its identity policies alone; null where they were not read. */
export function rolePermissions(role: Role, inventory: InventoryHas<'managed-policies'>): RolePermissions | null {
  return role.permissionsUnread === undefined ? permissionsOfRoles(inventory.managedPolicies)(role) : null;
}

/** All that a role is allowed by its identity policies; null where the text of one of them is not known: it may allow anything. */
export function allPermissions(role: Role, { managedPolicies }: InventoryHas<'managed-policies'>): readonly Permission[] | null {
  const managed = managedPermissions(managedPolicies);
  const isKnown = role.permissionsUnread === undefined && role.attachedPolicyArns.every((arn) => managed.has(arn));
  return isKnown ? permissionsOf(role, managed) : null;
}

/** Policies of AWS that nodes and clusters have, and that speak of nothing else (AWS managed policy reference). */
export const OF_NODES: readonly string[] = [
  'AmazonEC2ContainerRegistryReadOnly',
  'AmazonEC2ContainerRegistryPullOnly',
  'AmazonEC2ContainerRegistryPowerUser',
  'AmazonEKS_CNI_Policy',
  'AmazonEKSClusterPolicy',
  'AmazonEKSVPCResourceController',
  'AmazonSSMManagedInstanceCore',
];

/** The name of a policy, without its path: `AmazonEKSWorkerNodePolicy`. */
export const policyName = (arn: string): string => arn.split('/').at(-1) ?? arn;

/** Whether a policy is one of those that AWS keeps. */
export const isOfAws = (arn: string): boolean => /^arn:[^:]+:iam::aws:policy\//.test(arn);

const textsOfPolicies = memo(
  (policies: Inventory['managedPolicies']): ReadonlyMap<string, Json> =>
    new Map(seen(policies).map(({ arn, document }) => [arn, document])),
);

/** A call, by its action and the resource that it is made on. */
export interface Wanted {
  readonly action: string;
  readonly arn: string;
}

/**
 * Whether its own policies keep a role from an action on a resource whatever else allows it: a Deny without a condition, or a
 * permissions boundary, as far as its text was read, that does not allow it.
 */
export function isDenied(role: Role, { managedPolicies }: InventoryHas<'managed-policies'>, { action, arn }: Wanted): boolean {
  if (role.permissionsUnread !== undefined) return false;
  const texts = textsOfPolicies(managedPolicies);
  const { inlinePolicies, attachedPolicyArns, permissionsBoundaryArn } = role;
  const boundary = permissionsBoundaryArn === null ? undefined : texts.get(permissionsBoundaryArn);
  const own = [
    ...inlinePolicies.map(({ document }) => document),
    ...attachedPolicyArns.map((one) => texts.get(one) ?? null),
    boundary ?? null,
  ];
  const covers = (one: Permission): boolean => coversAction(one, action) && coversResource(one, arn);
  return (
    own.some((document) => unconditionalIn(document, 'Deny').some(covers)) ||
    (boundary !== undefined && !permissionsIn(boundary).some(covers))
  );
}

/**
 * Whether a role may call an action on a resource.
 * @param silent names of policies of AWS that are known not to speak of the action
 */
export function allows(role: Role, inventory: InventoryHas<'managed-policies'>, wanted: Wanted, silent: ReadonlySet<string>): Tristate {
  const found = rolePermissions(role, inventory);
  if (found === null) return 'undecided';
  if (isDenied(role, inventory, wanted)) return 'no';
  if (found.permissions.some((one) => coversAction(one, wanted.action) && coversResource(one, wanted.arn))) return 'yes';
  return found.unknown.every((policy) => isOfAws(policy) && silent.has(policyName(policy))) ? 'no' : 'undecided';
}
