import type { OidcProvider } from '../model/inventory.js';
import type { Has } from './facts.js';
import { issuerDifference, type IssuerDifference } from './issuer-difference.js';

export interface NearMiss {
  readonly provider: OidcProvider;
  readonly url: string;
  readonly difference: IssuerDifference;
}

/**
 * Providers that were plainly meant for this issuer and miss it, where no provider has it exactly. A provider that is
 * another cluster's own is no near miss.
 */
export function nearMisses(url: string, facts: Has<'clusters' | 'providers'>): readonly NearMiss[] {
  if (facts.providerOf(url) !== null) return [];
  return facts.providersNear(url).flatMap(({ provider, url: other }): NearMiss[] => {
    if (facts.clusterOf(other) !== null) return [];
    const difference = issuerDifference(url, other);
    return difference === null ? [] : [{ provider, url: other, difference }];
  });
}
