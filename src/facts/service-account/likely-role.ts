import { only } from '../../lib/one-or-list.js';
import { namedServiceAccounts } from '../trust/named-accounts.js';
import type { Has, RoleHas } from '../account/facts.js';
import { nearRole } from '../account/near-role.js';
import { roleMeantBy } from '../account/role-arn.js';
import { serviceAccountKey } from '../account/service-account-key.js';
import { type LiveServiceAccount } from '../account/service-accounts.js';

/** The role that a trust policy names a service account for, where it is the only one. */
export function roleNaming({ cluster, serviceAccount: { namespace, name } }: LiveServiceAccount, facts: Has<'roles'>): RoleHas | null {
  const named = namedServiceAccounts(cluster, facts).get(serviceAccountKey(namespace, name)) ?? [];
  // Of a list that broke off nobody knows that it holds the only one.
  return facts.inventory.roles.known ? (only(named)?.role ?? null) : null;
}

/** The role of the account that a text was meant for, by what it says; else by whose trust policy names the service account. */
export function meantRole(value: string, of: LiveServiceAccount, facts: Has<'roles'>): RoleHas | null {
  const meant = roleMeantBy(value);
  const exact = meant?.arn == null ? null : facts.role(meant.arn);
  return exact ?? (meant === null ? null : nearRole(meant.name, facts)) ?? roleNaming(of, facts);
}
