import type { OidcProvider } from '../model/inventory.js';
import { seen, unanswered, type Unless } from '../model/observed.js';
import type { Has } from './facts.js';
import { eksIssuer } from './issuer.js';
import { issuerDifference, type IssuerDifference } from './issuer-difference.js';

export interface NearMiss {
  readonly provider: OidcProvider;
  readonly url: string;
  readonly difference: IssuerDifference;
  /** Why it may be the own one of a cluster that was not read. */
  readonly unless: Unless | null;
}

/** Why a cluster of this issuer may be there for all that is known: not all of its region are described. */
function mayHaveCluster(url: string, { inventory }: Has<'clusters'>): Unless | null {
  const region = inventory.regions.find((one) => one.region === eksIssuer(url)?.region);
  if (region === undefined) return null;
  const unread = seen(region.clusters).map(({ detail }) => unanswered(detail));
  return unanswered(region.clusters) ?? unread.find((one) => one !== null) ?? null;
}

/**
 * Providers that were plainly meant for this issuer and miss it, where no provider has it exactly. A provider that is
 * another cluster's own is no near miss: it has the id of that one, which may come near.
 */
export function nearMisses(url: string, facts: Has<'clusters' | 'providers'>): readonly NearMiss[] {
  if (facts.providerOf(url) !== null) return [];
  return facts.providersNear(url).flatMap(({ provider, url: other }): NearMiss[] => {
    if (facts.clusterOf(other) !== null) return [];
    const difference = issuerDifference(url, other);
    if (difference === null) return [];
    return [{ provider, url: other, difference, unless: difference === 'typo' ? mayHaveCluster(other, facts) : null }];
  });
}
