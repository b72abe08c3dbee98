import { memo } from '../lib/memo.js';
import type { Inventory, Json, Role } from '../model/inventory.js';
import { whatArrived } from '../model/observed.js';
import { coversAction, coversResource, permissionsIn, type Permission } from '../policy/permissions.js';
import { policyLength } from '../policy/repair.js';
import type { Tristate } from '../policy/tristate.js';

/** What a role is allowed by the policies whose text is known. */
export interface RolePermissions {
  readonly permissions: readonly Permission[];
  /** ARNs of attached policies whose text is not known: those of AWS, and those that were not read. */
  readonly unknown: readonly string[];
}

const managedPermissions = memo(
  (policies: Inventory['managedPolicies']): ReadonlyMap<string, readonly Permission[]> =>
    new Map(whatArrived(policies).map(({ arn, document }) => [arn, permissionsIn(document)])),
);

const permissionsOfRoles = memo((policies: Inventory['managedPolicies']) => {
  const managed = managedPermissions(policies);
  return memo(({ inlinePolicies, attachedPolicyArns }: Role): RolePermissions => ({
    permissions: [
      ...inlinePolicies.flatMap(({ document }) => permissionsIn(document)),
      ...attachedPolicyArns.flatMap((arn) => managed.get(arn) ?? []),
    ],
    unknown: attachedPolicyArns.filter((arn) => !managed.has(arn)),
  }));
});

/** The permissions of a role, by its identity policies alone; null where they were not read. */
export function rolePermissions(role: Role, inventory: Inventory): RolePermissions | null {
  return role.permissionsUnread === undefined ? permissionsOfRoles(inventory.managedPolicies)(role) : null;
}

/** Names of inline policies have 128 characters at most. */
const LONGEST_NAME = 128;

/** A name for an inline policy that the role does not have yet: `put-role-policy` replaces one of the same name without a word. */
export function freePolicyName({ inlinePolicies }: Role, wanted: string): string {
  const taken = new Set(inlinePolicies.map(({ name }) => name));
  const numbered = (count: number): string => {
    const ending = count === 1 ? '' : `-${count}`;
    return `${wanted.slice(0, LONGEST_NAME - ending.length)}${ending}`;
  };
  let count = 1;
  while (taken.has(numbered(count))) count += 1;
  return numbered(count);
}

/** All inline policies of a role together, white space not counted (IAM User Guide, "IAM and AWS STS quotas"). */
const INLINE_CHARACTERS = 10_240;

/** Whether IAM takes one more inline policy for a role. */
export function hasRoomFor(document: Json, { inlinePolicies }: Role): boolean {
  const lengths = [document, ...inlinePolicies.map((one) => one.document)].map(policyLength);
  return lengths.reduce((sum, length) => sum + length, 0) <= INLINE_CHARACTERS;
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

/**
 * Whether a role may call an action on a resource.
 * @param silent names of policies of AWS that are known not to speak of the action
 */
export function allows(role: Role, inventory: Inventory, action: string, arn: string, silent: ReadonlySet<string>): Tristate {
  const found = rolePermissions(role, inventory);
  if (found === null) return 'undecided';
  if (found.permissions.some((one) => coversAction(one, action) && coversResource(one, arn))) return 'yes';
  return found.unknown.every((policy) => isOfAws(policy) && silent.has(policyName(policy))) ? 'no' : 'undecided';
}
