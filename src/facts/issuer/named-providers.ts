import { issuerIdIn, type IssuerId } from '../../model/inventory/issuer-id.js';
import type { OidcProvider } from '../../model/inventory/inventory.js';
import { IssuerIndex } from './issuer-index.js';

/** A provider with the host and path of its ARN. */
export interface NamedProvider {
  readonly provider: OidcProvider;
  readonly url: IssuerId;
}

/** The providers that arrived, and ways to find them. */
export interface ProviderIndex {
  readonly providers: readonly OidcProvider[];
  /** Those of them whose ARN holds an issuer. */
  readonly namedProviders: readonly NamedProvider[];
  /** By host and path of the ARN, exactly as written. */
  providerOf(url: IssuerId): OidcProvider | null;
  /** Those of this issuer and those of what is plainly another spelling of it. */
  providersNear(url: IssuerId): readonly NamedProvider[];
}

export function indexProviders(providers: readonly OidcProvider[]): ProviderIndex {
  const namedProviders = providers.flatMap((provider): NamedProvider[] => {
    const url = issuerIdIn(provider.arn);
    return url === null ? [] : [{ provider, url }];
  });
  const byIssuer = new Map(namedProviders.map(({ url, provider }) => [url, provider]));
  const byIssuerNear = new IssuerIndex(namedProviders);
  return {
    providers,
    namedProviders,
    providerOf: (url) => byIssuer.get(url) ?? null,
    providersNear: (url) => byIssuerNear.near(url),
  };
}
