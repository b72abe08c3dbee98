import { DAY } from '../lib/day.js';
import type { Facts } from './facts.js';
import { issuerDifference } from './issuer-difference.js';

const LATELY = 90 * DAY;

/**
 * Whether an issuer shaped like EKS's has no cluster any more, as far as the clusters of its region were read, and no role
 * that trusts it was used lately: then the cluster would be somebody else's and alive (cross-account IRSA).
 */
export function isOrphaned(url: string, facts: Facts): boolean {
  // Another spelling of a living cluster's issuer, such as its dual-stack host, is no trace of a cluster that is gone.
  if (facts.clustersNear(url).some((cluster) => cluster.url === url || issuerDifference(cluster.url, url) !== null)) return false;
  const now = Date.parse(facts.inventory.collectedAt);
  return facts.rolesTrusting(url).every(({ role: { lastUsed } }) => lastUsed === null || now - Date.parse(lastUsed.date) > LATELY);
}
