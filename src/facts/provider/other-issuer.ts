import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { isBuiltIn } from '../../policy/language/issuer-keys.js';
import type { Has } from '../account/facts.js';
import { eksIssuer } from '../issuer/issuer.js';
import { issuerDifference } from '../issuer/issuer-difference.js';
import { mayHaveCluster } from './near-issuer.js';

/**
 * Whether the issuer that a key names is another than the one whose tokens a statement takes, and is there, or may be for all that was
 * read: a cluster's, or one that a provider of the account is for. One that is gone, or is plainly misspelled, may be meant for it.
 */
export function isOfAnother(named: IssuerId, url: IssuerId, facts: Has<'clusters' | 'providers'>): boolean {
  const issuer = eksIssuer(named);
  if (named === url || (issuer !== null && issuer.id.toLowerCase() === eksIssuer(url)?.id.toLowerCase())) return false;
  if (facts.clusterOf(named) !== null || facts.providerOf(named) !== null || isBuiltIn(named)) return true;
  if (issuerDifference(named, url) !== null) return false;
  const isNear = (other: { readonly url: IssuerId }): boolean => issuerDifference(named, other.url) !== null;
  if (facts.clustersNear(named).some(isNear) || facts.providersNear(named).some(isNear)) return true;
  return issuer !== null && (!facts.inventory.providers.known || mayHaveCluster(named, facts) !== null);
}
