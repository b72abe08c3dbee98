import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { evaluateScope } from '../../policy/language/evaluate.js';
import { doorOf } from '../../policy/language/token.js';
import type { Has } from '../account/facts.js';
import type { WebIdentityStatement } from '../statement/web-identity.js';

/** What is known of issuers beside providers: whether somebody has one of this very spelling, and who has one of another. */
interface Issuers {
  readonly has: (url: IssuerId) => boolean;
  readonly near: (url: IssuerId) => readonly IssuerId[];
}

const NONE: Issuers = { has: () => false, near: () => [] };

/**
 * The issuers whose tokens STS may take by a statement. In the place of one that no provider of the account has stands that of a
 * provider whose ARN may be the one that is written: with a slash too many, or in other letter case, of which AWS does not tell.
 */
export function trustedIssuers({ statement, issuers }: WebIdentityStatement, facts: Has<'providers'>, known = NONE): readonly IssuerId[] {
  const found = issuers.flatMap((url) => {
    if (facts.providerOf(url) !== null || known.has(url)) return [url];
    const near = [...facts.providersNear(url).map((one) => one.url), ...known.near(url)];
    const possible = near.filter((one) => evaluateScope(statement, doorOf(one, facts.inventory).providerArn).principal !== 'no');
    return possible.length === 0 ? [url] : possible;
  });
  return [...new Set(found)];
}

/** The same where clusters are known too: what providers were not read may be for their issuers. */
export const trustedByClusters = (statement: WebIdentityStatement, facts: Has<'clusters' | 'providers'>): readonly IssuerId[] =>
  trustedIssuers(statement, facts, {
    has: (url) => facts.clusterOf(url) !== null,
    near: (url) => (facts.inventory.providers.known ? [] : facts.clustersNear(url).map((one) => one.url)),
  });
