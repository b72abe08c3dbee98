import { issuerIdOf, type IssuerId } from '../../model/inventory/issuer-id.js';
import type { ClusterHas } from '../../model/contract/has.js';
import type { Cluster, ClusterDetail } from '../../model/inventory/inventory.js';
import type { Need } from '../../model/contract/sections.js';
import { IssuerIndex } from './issuer-index.js';

/** A cluster whose DescribeCluster was read and that has an issuer. */
export interface IssuingCluster<C = Cluster> {
  readonly cluster: C;
  readonly detail: ClusterDetail;
  readonly issuer: string;
  readonly url: IssuerId;
}

/** The same as far as sections were declared. */
export type IssuingHas<N extends Need = never> = IssuingCluster<ClusterHas<N>>;

/** The clusters with an issuer, and ways to find them. */
export interface ClusterIndex<C = ClusterHas<'clusters'>> {
  readonly issuingClusters: readonly IssuingCluster<C>[];
  /** By issuer, exactly as written. */
  clusterOf(url: IssuerId): IssuingCluster<C> | null;
  /** By region and name. */
  clusterNamed(region: string, name: string): IssuingCluster<C> | null;
  /** Those with this issuer and those with what is plainly another spelling of it. */
  clustersNear(url: IssuerId): readonly IssuingCluster<C>[];
}

export function indexClusters(clusters: readonly Cluster[]): ClusterIndex<Cluster> {
  const issuingClusters = clusters.flatMap((cluster): IssuingCluster[] => {
    if (!cluster.detail.known || cluster.detail.value.issuer === null) return [];
    const { issuer } = cluster.detail.value;
    return [{ cluster, detail: cluster.detail.value, issuer, url: issuerIdOf(issuer) }];
  });
  const byIssuer = new Map(issuingClusters.map((entry) => [entry.url, entry]));
  const byName = new Map(issuingClusters.map((entry) => [`${entry.cluster.region}/${entry.cluster.name}`, entry]));
  const byIssuerNear = new IssuerIndex(issuingClusters);
  return {
    issuingClusters,
    clusterOf: (url) => byIssuer.get(url) ?? null,
    clusterNamed: (region, name) => byName.get(`${region}/${name}`) ?? null,
    clustersNear: (url) => byIssuerNear.near(url),
  };
}
