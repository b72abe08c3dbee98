import { memo } from '../lib/memo.js';
import type { Related, Subject } from '../model/finding.js';
import type { ClusterHas } from '../model/has.js';
import type { Inventory, OidcProvider, Role } from '../model/inventory.js';
import { unanswered, type Unless } from '../model/observed.js';
import type { Scope, UnreadEntry } from '../model/scope.js';
import { isTextbook } from './textbook.js';
import { ASSUME_ROLE, plainDeny, podIdentityAccess, podIdentityStatements } from '../policy/pod-identity.js';
import type { Carriers, ClusterIndex, Facts, Has, IssuingCluster, IssuingHas, RoleFacts, RoleHas, RoleIndex, RoleUser } from './facts.js';

/** The account itself. */
export function accountSubject({ account }: Pick<Inventory, 'account'>): Subject {
  return { type: 'account', id: account, arn: null, region: null };
}

export function clusterSubject(cluster: ClusterHas): Subject {
  return { type: 'cluster', id: cluster.name, arn: cluster.arn, region: cluster.region };
}

export function providerSubject(provider: Pick<OidcProvider, 'arn'>): Subject {
  return { type: 'provider', id: provider.arn, arn: provider.arn, region: null };
}

export function roleSubject(role: Role): Subject {
  return { type: 'role', id: role.arn, arn: role.arn, region: null };
}

/** Service accounts that use roles as what a finding touches. */
export function relatedUsers(
  users: readonly { readonly id: string; readonly cluster: { readonly region: string } }[],
  why: string,
): Related[] {
  return users.map(({ id, cluster: { region } }) => ({ type: 'service-account', id, region, why }));
}

/** The cluster that a rule runs over, if it has an issuer. */
export function issuingClustersIn<C>(facts: ClusterIndex<C>, scope: Scope): readonly IssuingCluster<C>[] {
  const found = scope.kind === 'cluster' ? facts.clusterNamed(scope.region, scope.cluster) : null;
  return found === null ? [] : [found];
}

/** A role as an entry. */
export interface RoleEntry<R> {
  readonly subject: Subject;
  readonly of: R;
}

/** Whether EKS Pod Identity may assume a role, by what its trust policy allows. */
export const admitsPods = ({ policy }: RoleHas): boolean =>
  podIdentityAccess(policy, ASSUME_ROLE) !== 'no' && plainDeny(policy, ASSUME_ROLE) === null;

/** Whether a role of the account is for EKS Pod Identity, or may be, for all that was read of them. */
const hasRolesForPods = memo((facts: Has<'roles'>): boolean => !facts.inventory.roles.known || facts.roles.some(admitsPods));

/**
 * Why service accounts of a cluster may have their roles by Pod Identity, where annotations say nothing: its associations were
 * asked for and not read. Null where they were, or no role of the account is for Pod Identity: then nobody makes any.
 */
export function mayBeAssociated({ podIdentityAssociations }: ClusterHas<'pod-identity-associations'>, facts: Has<'roles'>): Unless | null {
  const unread = unanswered(podIdentityAssociations);
  return unread !== null && hasRolesForPods(facts) ? unread : null;
}

/** A role that somebody in a cluster is given, as an entry; not certain where that may be by an association. */
export function givenRoleEntry<S extends { readonly role: RoleHas; readonly cluster: IssuingHas<'pod-identity-associations'> }>(
  of: S,
  facts: Has<'roles'>,
): { readonly subject: Subject; readonly of: S; readonly unless: Unless | null } {
  return { subject: roleSubject(of.role.role), of, unless: mayBeAssociated(of.cluster.cluster, facts) };
}

/** The roles that their owner can edit, as entries: service-linked ones are AWS's own. */
export const editableRoles = memo(<R extends RoleHas>(facts: RoleIndex<R>): readonly RoleEntry<R>[] =>
  facts.roles.filter(({ serviceLinked }) => !serviceLinked).map((of) => ({ subject: roleSubject(of.role), of })),
);

/** Every role that its owner can edit and that has a statement for web identities or for EKS Pod Identity. */
export const rolesForPods = memo(<R extends RoleHas>(facts: RoleIndex<R>): readonly RoleEntry<R>[] =>
  editableRoles(facts).filter(({ of: { statements, policy } }) => statements.length > 0 || podIdentityStatements(policy).length > 0),
);

interface TrustEntry<R> extends RoleEntry<R> {
  /** Word for word what EKS prescribes: a rule about the wording has nothing to find. */
  readonly settled: boolean;
}

/** Every role with a web-identity statement that its owner can edit, as entries. */
export const webIdentityRoles = memo(<R extends RoleHas>(facts: RoleIndex<R>): readonly RoleEntry<R>[] =>
  editableRoles(facts).filter(({ of }) => of.statements.length > 0),
);

/** Those of them that service accounts use whose cluster was not described. */
const carriedFromAnyUndescribed = memo((facts: RoleIndex<RoleHas<Carriers>>): readonly RoleEntry<RoleHas<Carriers>>[] =>
  webIdentityRoles(facts).filter(({ of: { users } }) => users.some(({ cluster }) => !cluster.detail.known)),
);

/**
 * Those of them that service accounts use whose cluster was not described, as entries that were not evaluated.
 * @param matters of which service accounts that makes a difference
 */
export function carriedFromUndescribed(
  facts: RoleIndex<RoleHas<Carriers>>,
  matters: (user: RoleUser) => boolean = () => true,
): readonly UnreadEntry[] {
  return carriedFromAnyUndescribed(facts).flatMap(({ subject, of: { users } }): readonly UnreadEntry[] => {
    const detail = users.find((user) => !user.cluster.detail.known && matters(user))?.cluster.detail;
    return detail === undefined || detail.known ? [] : [{ subject, unread: { reason: detail.reason } }];
  });
}

/**
 * The same for rules about the wording of trust policies alone: two dozen ask for the same list. What is settled is told by all that
 * was read, whatever they declare: that spares them a look, and changes the answer of none.
 */
export const trustPolicies = memo(<R extends RoleHas>(facts: RoleIndex<R>): readonly TrustEntry<R>[] => {
  const all = facts as RoleIndex<R> & Facts;
  return webIdentityRoles(facts).map(({ subject, of }) => ({ subject, of, settled: isTextbook(of as R & RoleFacts, all) }));
});
