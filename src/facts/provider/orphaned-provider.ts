import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { ageOf, LATELY } from '../account/age.js';
import type { Has, RoleHas } from '../account/facts.js';

/** Whether that it was not used lately says something of a role: one that was made lately may not have been needed yet. */
export function isKnownIdle({ role: { createdAt, lastUsed } }: RoleHas, facts: Has): boolean {
  return lastUsed !== null || (createdAt !== null && ageOf(createdAt, facts) > LATELY);
}

/**
 * Whether an issuer shaped like EKS's has no cluster any more, as far as the clusters of its region were read, and no role
 * that trusts it was used lately: then the cluster would be somebody else's and alive (cross-account IRSA).
 */
export function isOrphaned(url: IssuerId, facts: Has<'clusters' | 'roles' | 'providers'>): boolean {
  // Another spelling of a living cluster's issuer, such as its dual-stack host, is no trace of a cluster that is gone.
  if (facts.clusterOf(url) !== null || facts.clustersNear(url).length > 0) return false;
  const detail = facts.providerOf(url)?.detail;
  const created = detail?.known === true ? detail.value.createdAt : null;
  // Nobody makes a provider for a cluster that is gone: whose it is will show.
  if (created !== null && ageOf(created, facts) <= LATELY) return false;
  return facts.rolesTrusting(url).every(({ role: { lastUsed } }) => lastUsed === null || ageOf(lastUsed.date, facts) > LATELY);
}
