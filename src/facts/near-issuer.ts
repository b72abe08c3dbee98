import type { OidcProvider } from '../model/inventory.js';
import { urlOfProviderArn } from '../policy/federated.js';
import { eksIssuer } from './issuer.js';
import { editDistance } from './nearest.js';
import type { Facts } from './facts.js';

export type IssuerDifference = 'host' | 'case' | 'port' | 'slash' | 'typo';

export interface NearMiss {
  readonly provider: OidcProvider;
  readonly url: string;
  readonly difference: IssuerDifference;
}

/** More than this many different characters of an id are another id, not a typo. */
const TYPO_LIMIT = 2;

/** How a provider's URL differs from an issuer, where the one was plainly meant to be the other; null where it is another. */
export function issuerDifference(issuer: string, other: string): IssuerDifference | null {
  if (issuer === other) return null;
  if (issuer.replace(/\/$/, '') === other.replace(/\/$/, '')) return 'slash';
  if (issuer.toLowerCase() === other.toLowerCase()) return 'case';
  const withoutPort = (url: string): string => url.replace(/^([^/]+?):\d+/, '$1');
  if (withoutPort(issuer) === withoutPort(other)) return 'port';
  const left = eksIssuer(issuer);
  const right = eksIssuer(other);
  if (left === null || right === null) return null;
  if (left.id.toUpperCase() === right.id.toUpperCase()) return 'host';
  return left.region === right.region && editDistance(left.id, right.id, TYPO_LIMIT) <= TYPO_LIMIT ? 'typo' : null;
}

/**
 * Providers that were plainly meant for this issuer and miss it, where no provider has it exactly. A provider that is
 * another cluster's own is no near miss.
 */
export function nearMisses(url: string, facts: Facts): readonly NearMiss[] {
  if (facts.providerOf(url) !== null) return [];
  return facts.providers.flatMap((provider): NearMiss[] => {
    const other = urlOfProviderArn(provider.arn);
    if (other === null || facts.clusterOf(other) !== null) return [];
    const difference = issuerDifference(url, other);
    return difference === null ? [] : [{ provider, url: other, difference }];
  });
}
