import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { eksIssuer } from '../issuer/issuer.js';
import type { Has } from '../account/facts.js';
import type { WebIdentityStatement } from '../statement/web-identity.js';

/** Whether an issuer's subjects are service accounts: shaped like EKS, or the issuer of a cluster of this account. */
export function isKubernetesIssuer(url: IssuerId, facts: Has<'clusters'>): boolean {
  return eksIssuer(url) !== null || facts.clusterOf(url) !== null;
}

/** Those of a statement's issuers whose subjects are service accounts. */
export function kubernetesIssuersOf(statement: WebIdentityStatement, facts: Has<'clusters'>): IssuerId[] {
  return statement.issuers.filter((url) => isKubernetesIssuer(url, facts));
}
