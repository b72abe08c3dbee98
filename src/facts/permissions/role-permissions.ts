import type { InventoryHas } from '../../model/contract/has.js';
import { memo, memoWithin } from '../../lib/memo.js';
import { only } from '../../lib/one-or-list.js';
import type { Inventory, Json, Role } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import { permissionsIn, statesOf, type RoleCall, type Permission } from '../../policy/actions/permissions.js';
import { all, any, not, type Tristate } from '../../policy/language/tristate.js';

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

/** The text of a policy that is attached to a role or is its boundary; undefined where it was not read. */
export const textOfPolicy = (arn: string, { managedPolicies }: InventoryHas<'managed-policies'>): Json | undefined =>
  textsOfPolicies(managedPolicies).get(arn);

/** What keeps a role from a call: no policy allows it, one of them denies it, or its permissions boundary does not allow it. */
export type DeniedBy = 'permission' | 'deny' | 'boundary';

export interface RoleVerdict {
  readonly outcome: Tristate;
  /** Whether nothing of its own forbids what something else allows: no Deny, no boundary. */
  readonly isSpared: Tristate;
  /** What keeps it from the call, where that is certain. */
  readonly by: DeniedBy | null;
}

const UNREAD: RoleVerdict = { outcome: 'undecided', isSpared: 'undecided', by: null };
const UNKNOWN: RoleCall['find'] = () => ({ state: 'unknowable' });

/**
 * What the policies of a role say of a call, as far as their text was read.
 * @param silent names of policies of AWS that are known not to speak of the action
 */
export function roleVerdict(
  role: Role,
  { managedPolicies }: InventoryHas<'managed-policies'>,
  call: RoleCall,
  silent: ReadonlySet<string>,
): RoleVerdict {
  if (role.permissionsUnread !== undefined) return UNREAD;
  const texts = textsOfPolicies(managedPolicies);
  const { inlinePolicies, attachedPolicyArns, permissionsBoundaryArn } = role;
  const boundary = permissionsBoundaryArn === null ? undefined : texts.get(permissionsBoundaryArn);
  const own = [...inlinePolicies.map(({ document }) => document), ...attachedPolicyArns.flatMap((arn) => texts.get(arn) ?? [])];
  const isUnread = (arn: string): boolean => !texts.has(arn) && !(isOfAws(arn) && silent.has(policyName(arn)));
  const denied = any([...own, ...(boundary === undefined ? [] : [boundary])].map((document) => statesOf(document, 'Deny', call)));
  const bound = boundary === undefined ? (permissionsBoundaryArn === null ? 'yes' : 'undecided') : statesOf(boundary, 'Allow', call);
  const allowed = any([
    ...own.map((document) => statesOf(document, 'Allow', call)),
    ...attachedPolicyArns.filter(isUnread).map((): Tristate => 'undecided'),
  ]);
  const isSpared = all([not(denied), bound]);
  const by = denied === 'yes' ? 'deny' : bound === 'no' ? 'boundary' : allowed === 'no' ? 'permission' : null;
  return { outcome: all([allowed, isSpared]), isSpared, by };
}

/**
 * Whether its own policies keep a role from an action on a resource whatever else allows it and whoever calls: a Deny, or a
 * permissions boundary, as far as its text was read, that does not allow it.
 */
export function isDenied(role: Role, inventory: InventoryHas<'managed-policies'>, wanted: Omit<RoleCall, 'find'>): boolean {
  return roleVerdict(role, inventory, { ...wanted, find: UNKNOWN }, new Set()).isSpared === 'no';
}
