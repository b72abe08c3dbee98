import type { PodIdentityAssociation } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import { coversAction, type Permission } from '../../policy/actions/permissions.js';
import { ASSUME_ROLE, TAG_SESSION } from '../../policy/actions/pod-identity.js';
import { hasWildcard } from '../../policy/pattern/glob.js';
import type { Has, RoleHas } from '../account/facts.js';
import { groupBy } from '../../lib/group-by.js';
import { isDenied, rolePermissions } from '../permissions/role-permissions.js';
import { admitsAssociatedRole, type Targeted } from './target-role.js';

/** A role that the pods of associations plainly go on to with a tagged session, by a policy of the role that they have. */
export interface NextRole {
  readonly cluster: Targeted['cluster'];
  readonly next: RoleHas;
  /** Those that go on to it, each with the role that its pods have. */
  readonly from: readonly { readonly association: PodIdentityAssociation; readonly role: RoleHas }[];
}

/** Whether a permission is one to go on to other roles, and no grant of everything. */
const isToAssume = (one: Permission): boolean =>
  !one.negatedAction && !one.negatedResource && one.actions.every((action) => /^sts:/i.test(action)) && coversAction(one, ASSUME_ROLE);

/** The roles that a role may go on to by their exact ARNs. */
function namedBy({ role }: RoleHas, { inventory }: Has<'managed-policies'>): readonly string[] {
  const named = (rolePermissions(role, inventory)?.permissions ?? []).filter(isToAssume).flatMap(({ resources }) => resources);
  return [...new Set(named)].filter((arn) => !hasWildcard(arn) && !isDenied(role, inventory, { action: ASSUME_ROLE, arn }));
}

/**
 * The roles that tagged sessions of a cluster's associations go on to after the roles that EKS gives them, as far as policies name
 * them. The tags are transitive: whoever goes on with them needs sts:TagSession on every later role (EKS User Guide, "Access AWS
 * Resources using EKS Pod Identity target IAM roles").
 */
export function nextRoles(cluster: Targeted['cluster'], facts: Has<'roles' | 'managed-policies'>): readonly NextRole[] {
  const associations = seen(cluster.podIdentityAssociations);
  // A permission that serves the target role of one association says nothing of what the pods of another do.
  const served = new Set(
    associations.flatMap(({ roleArn, targetRoleArn }) => (targetRoleArn == null ? [] : [`${roleArn ?? ''} ${targetRoleArn}`])),
  );
  const hops = associations.flatMap((association) => {
    const role = facts.role(association.targetRoleArn ?? association.roleArn ?? '');
    if (role === null || association.disableSessionTags === true) return [];
    return namedBy(role, facts).flatMap((arn) => {
      const next = facts.role(arn);
      return next === null || next === role || served.has(`${role.role.arn} ${arn}`) ? [] : [{ next, association, role }];
    });
  });
  return [...groupBy(hops, ({ next }) => next)].map(([next, from]) => ({ cluster, next, from }));
}

/** Those from which a role allows sessions and not their tags. */
export function untagged({ cluster, next, from }: NextRole, account: string): NextRole['from'] {
  return from.filter(({ association, role }) => {
    const of = { cluster, association: { ...association, roleArn: role.role.arn }, account };
    return (
      admitsAssociatedRole(next.policy, ASSUME_ROLE, of).outcome === 'yes' &&
      admitsAssociatedRole(next.policy, TAG_SESSION, of).outcome === 'no'
    );
  });
}
