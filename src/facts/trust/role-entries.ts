import { memo } from '../../lib/memo.js';
import type { Subject } from '../../model/report/finding.js';
import type { Entry, UnreadEntry } from '../../model/contract/scope.js';
import { mayBeAssociated } from '../account/may-be-associated.js';
import { isTextbook } from './prescribed-wording.js';
import { podIdentityStatements } from '../../policy/actions/pod-identity.js';
import type { Carriers, Facts, Has, RoleFacts, RoleHas, RoleIndex, RoleUser } from '../account/facts.js';
import { roleSubject } from '../account/subjects.js';

/** A role as an entry. */
export interface RoleEntry<R> {
  readonly subject: Subject;
  readonly of: R;
}

/**
 * A role that service accounts of a cluster are given, as entries: with those who have it by their annotation, and as unread where that
 * may be by an association for others.
 */
export function givenRoleEntries<S extends { readonly role: RoleHas; readonly users: readonly RoleUser[] }>(
  of: S,
  facts: Has<'roles'>,
): readonly Entry<S>[] {
  const subject = roleSubject(of.role.role);
  const doubts = of.users.map(({ cluster, serviceAccount }) => mayBeAssociated(cluster, serviceAccount, facts));
  const users = of.users.filter((_, index) => doubts[index] === null);
  const unread = doubts.find((one) => one !== null);
  return [...(users.length > 0 ? [{ subject, of: { ...of, users } }] : []), ...(unread == null ? [] : [{ subject, unread }])];
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
