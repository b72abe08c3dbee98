import { type Cluster, DescribeClusterCommand, ListClustersCommand } from '@aws-sdk/client-eks';
import type { ClusterDetail } from '../../model/inventory.js';
import type { ClusterAnswer, Page } from '../ports.js';
import { askEks, askEksAbout } from './ask-eks.js';
import type { Clients } from './clients.js';
import { isoDate, listIn, nextIn, present } from './contents.js';

/** A page of cluster names. Clusters of others that are only connected (EKS Connector) come on request and are not asked for. */
export async function listClusters(clients: Clients, region: string, token: string | null, signal: AbortSignal): Promise<Page<string>> {
  const command = new ListClustersCommand({ maxResults: 100, ...(token !== null && { nextToken: token }) });
  const answer = await askEks(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  return { items: listIn(answer.clusters, 'clusters'), next: nextIn(answer.nextToken) };
}

/** One cluster as EKS describes it; null where it is gone. */
export async function describeCluster(clients: Clients, region: string, name: string, signal: AbortSignal): Promise<ClusterAnswer | null> {
  const command = new DescribeClusterCommand({ name });
  const answer = await askEksAbout(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  if (answer === null) return null;
  const cluster = present(answer.cluster, 'cluster');
  return { arn: present(cluster.arn, 'arn of the cluster'), detail: detailOf(cluster) };
}

/** Issuer, endpoint and certificate are absent until a cluster is made: null, and never worked out from other fields. */
function detailOf(cluster: Cluster): ClusterDetail {
  return {
    status: present(cluster.status, 'status of the cluster'),
    issuer: cluster.identity?.oidc?.issuer ?? null,
    endpoint: cluster.endpoint ?? null,
    certificateAuthority: cluster.certificateAuthority?.data ?? null,
    endpointPublicAccess: cluster.resourcesVpcConfig?.endpointPublicAccess ?? null,
    createdAt: isoDate(cluster.createdAt),
    kubernetesVersion: cluster.version ?? null,
    autoMode: cluster.computeConfig?.enabled ?? null,
    authenticationMode: cluster.accessConfig?.authenticationMode ?? null,
    // EKS gives an id to local clusters alone.
    localId: cluster.id ?? null,
    tags: cluster.tags ?? {},
  };
}
