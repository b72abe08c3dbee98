import type { Related, Subject } from '../../model/report/finding.js';
import type { ClusterHas } from '../../model/contract/has.js';
import type { Inventory, OidcProvider, Role } from '../../model/inventory/inventory.js';
import type { Scope } from '../../model/contract/scope.js';
import type { ClusterIndex, IssuingCluster } from './facts.js';

/** The account itself. */
export function accountSubject({ account }: Pick<Inventory, 'account'>): Subject {
  return { type: 'account', id: account, arn: null, region: null };
}

export function clusterSubject(cluster: ClusterHas): Subject {
  return { type: 'cluster', id: cluster.name, arn: cluster.arn, region: cluster.region };
}

export function providerSubject(provider: Pick<OidcProvider, 'arn'>): Subject {
  return { type: 'provider', id: provider.arn, arn: provider.arn, region: null };
}

export function roleSubject(role: Role): Subject {
  return { type: 'role', id: role.arn, arn: role.arn, region: null };
}

/** Service accounts that use roles as what a finding touches. */
export function relatedUsers(
  users: readonly { readonly id: string; readonly cluster: { readonly region: string } }[],
  why: string,
): Related[] {
  return users.map(({ id, cluster: { region } }) => ({ type: 'service-account', id, region, why }));
}

/** The cluster that a rule runs over, if it has an issuer. */
export function issuingClustersIn<C>(facts: ClusterIndex<C>, scope: Scope): readonly IssuingCluster<C>[] {
  const found = scope.kind === 'cluster' ? facts.clusterNamed(scope.region, scope.cluster) : null;
  return found === null ? [] : [found];
}
