import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { evaluateScope } from '../../policy/language/evaluate.js';
import type { Has } from '../account/facts.js';
import type { WebIdentityStatement } from '../statement/web-identity.js';

/**
 * The issuers whose tokens STS may take by a statement. In the place of one that no provider of the account has stands that of a
 * provider whose ARN may be the one that is written: with a slash too many, or in other letter case, of which AWS does not tell.
 * @param isIssuer whether somebody is known to have an issuer of this very spelling, such as a cluster
 */
export function trustedIssuers(
  { statement, issuers }: WebIdentityStatement,
  facts: Has<'providers'>,
  isIssuer: (url: IssuerId) => boolean = () => false,
): readonly IssuerId[] {
  const found = issuers.flatMap((url) => {
    if (facts.providerOf(url) !== null || isIssuer(url)) return [url];
    const near = facts.providersNear(url).filter(({ provider }) => evaluateScope(statement, provider.arn).principal !== 'no');
    return near.length === 0 ? [url] : near.map((one) => one.url);
  });
  return [...new Set(found)];
}

/** The same, where the clusters of the account are known too. */
export const trustedByClusters = (statement: WebIdentityStatement, facts: Has<'clusters' | 'providers'>): readonly IssuerId[] =>
  trustedIssuers(statement, facts, (url) => facts.clusterOf(url) !== null);
