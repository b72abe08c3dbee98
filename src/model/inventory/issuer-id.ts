import type { Cluster } from './inventory.js';

declare const brand: unique symbol;

/** An issuer of tokens as ARNs of providers and condition keys have it: host and path, without `https://`. */
export type IssuerId = string & { readonly [brand]: 'host and path of an issuer' };

/** What a text says that holds host and path alone, such as the key of a condition. */
export const asIssuerId = (text: string): IssuerId => text as IssuerId;

/** Host and path of an issuer by its address: what stands after `https://`, otherwise untouched. */
export const issuerIdOf = (issuer: string): IssuerId => asIssuerId(issuer.replace(/^https:\/\//, ''));

/** Host and path inside a provider's ARN; null where the text is no provider ARN. */
export function issuerIdIn(arn: string): IssuerId | null {
  const found = /^arn:[^:]+:iam::[^:]*:oidc-provider\/(.+)$/.exec(arn)?.[1];
  return found === undefined ? null : asIssuerId(found);
}

/** The address of an issuer, as the `iss` of its tokens has it. */
export const issuerAddress = (issuer: IssuerId): string => `https://${issuer}`;

/** The issuer of a cluster; null where it has none, or that was not read. */
export const issuerIdOfCluster = ({ detail }: Pick<Cluster, 'detail'>): IssuerId | null =>
  detail.known && detail.value.issuer !== null ? issuerIdOf(detail.value.issuer) : null;
