import type { IssuerId } from '../../model/inventory/issuer-id.js';
import type { Unless } from '../../model/inventory/observed.js';
import type { Carriers, Has, RoleHas, RoleUser } from '../account/facts.js';
import { findsProvider } from '../../policy/language/evaluate.js';
import { mayBeAssociated } from '../account/may-be-associated.js';
import type { FederatedPrincipal, WebIdentityStatement } from '../statement/web-identity.js';

/** Whether the account is known to have no provider of an issuer: STS refuses every token of it. A spelling of which nobody can tell is no absence. */
export function isProviderAbsent(url: IssuerId, facts: Has<'providers'>): boolean {
  // Nearly every issuer has one that is spelled alike.
  if (!facts.inventory.providers.known || facts.providerOf(url) !== null) return false;
  return facts.providersNear(url).every((one) => findsProvider(one.url, url) === 'no');
}

/** A well-formed principal of the role's own account that no provider has. Only a complete list of providers may be asked. */
export function hasNoProvider({ named }: FederatedPrincipal, facts: Has<'providers'>): boolean {
  if (named.kind !== 'oidc' || named.account !== facts.inventory.account) return false;
  return facts.providerOf(named.url)?.arn !== named.arn;
}

/** Whether none of a statement's principals has a provider. */
export function isDead({ federated }: WebIdentityStatement, facts: Has<'providers'>): boolean {
  return federated.length > 0 && federated.every((principal) => hasNoProvider(principal, facts));
}

/**
 * Whether the role does without a dead statement: another one has its provider, and everybody known to use the role is allowed.
 * Of whom the cluster was not described, that is not known to be otherwise.
 */
export function servesWithout(
  statement: WebIdentityStatement,
  role: RoleHas<Carriers>,
  facts: Has<'providers'>,
  users: readonly RoleUser[] = role.users,
): boolean {
  const others = role.statements.filter(
    (other) =>
      other !== statement &&
      other.allowsWebIdentity &&
      other.federated.some(({ named }) => named.kind === 'oidc' && facts.providerOf(named.url)?.arn === named.arn),
  );
  if (others.length === 0) return false;
  const served = new Set(others.flatMap(({ federated }) => federated.flatMap(({ url }) => url ?? [])));
  return users.every(({ url, cluster }) => !cluster.detail.known || (url !== null && served.has(url)));
}

/** Why the role may do without a dead statement anyway: whoever it would deny may have another role by an association. */
export function mayServeWithout(
  statement: WebIdentityStatement,
  role: RoleHas<Carriers>,
  facts: Has<'roles' | 'providers'>,
): Unless | null {
  const doubts = role.users.map(({ cluster, serviceAccount }) => mayBeAssociated(cluster, serviceAccount, facts));
  const doubt = doubts.find((one) => one !== null) ?? null;
  const certain = role.users.filter((_, index) => doubts[index] === null);
  return doubt !== null && isDead(statement, facts) && servesWithout(statement, role, facts, certain) ? doubt : null;
}
