import type { IssuerId } from '../../model/inventory/issuer-id.js';
import type { OidcProvider } from '../../model/inventory/inventory.js';
import { seen, unanswered, type Unless } from '../../model/inventory/observed.js';
import type { Has, IssuingHas } from '../account/facts.js';
import { regionOfIssuer } from '../issuer/issuer.js';
import { issuerDifference, type IssuerDifference } from '../issuer/issuer-difference.js';

export interface NearMiss {
  readonly provider: OidcProvider;
  readonly url: IssuerId;
  readonly difference: IssuerDifference;
  /** Why it may be the own one of a cluster that was not read. */
  readonly unless: Unless | null;
}

/** Why a cluster of this issuer may be there for all that is known: not all of its region are described. */
export function mayHaveCluster(url: IssuerId, { inventory }: Has<'clusters'>): Unless | null {
  const region = regionOfIssuer(url, inventory.regions);
  if (region === undefined) return null;
  const unread = seen(region.clusters).map(({ detail }) => unanswered(detail));
  return unanswered(region.clusters) ?? unread.find((one) => one !== null) ?? null;
}

/**
 * Providers that were plainly meant for this issuer and miss it, where no provider has it exactly. A provider that is
 * another cluster's own is no near miss: it has the id of that one, which may come near.
 */
export function nearMisses(url: IssuerId, facts: Has<'clusters' | 'providers'>): readonly NearMiss[] {
  if (facts.providerOf(url) !== null) return [];
  return facts.providersNear(url).flatMap(({ provider, url: other }): NearMiss[] => {
    if (facts.clusterOf(other) !== null) return [];
    const difference = issuerDifference(url, other);
    if (difference === null) return [];
    return [{ provider, url: other, difference, unless: difference === 'typo' ? mayHaveCluster(other, facts) : null }];
  });
}

/** A cluster whose issuer another spelling was plainly meant to be. */
export interface MeantCluster {
  readonly cluster: IssuingHas<'clusters'>;
  readonly difference: IssuerDifference;
}

/** The cluster of the account for which an issuer that none of them has was plainly meant: no token has this one. Null where there is none. */
export function clusterMeantBy(url: IssuerId, facts: Has<'clusters'>): MeantCluster | null {
  if (facts.clusterOf(url) !== null) return null;
  for (const cluster of facts.clustersNear(url)) {
    const difference = issuerDifference(cluster.url, url);
    if (difference === null || (difference === 'typo' && mayHaveCluster(url, facts) !== null)) continue;
    return { cluster, difference };
  }
  return null;
}
