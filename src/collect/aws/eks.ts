import { type Cluster, DescribeClusterCommand, ListClustersCommand } from '@aws-sdk/client-eks';
import type { ClusterDetail } from '../../model/inventory/inventory.js';
import type { ClusterAnswer, Page } from '../reading/ports.js';
import { askEks, askEksAbout } from './ask-eks.js';
import type { ApiCall } from './clients.js';
import { flagOrNull, isoDate, listIn, nextIn, present, textIn, textOrNull, textsByName, textsIn } from './contents.js';

/** A page of cluster names. Clusters of others that are only connected (EKS Connector) come on request and are not asked for. */
export async function listClusters({ clients, region, signal }: ApiCall, token: string | null): Promise<Page<string>> {
  const command = new ListClustersCommand({ maxResults: 100, ...(token !== null && { nextToken: token }) });
  const answer = await askEks(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  return { items: textsIn(answer.clusters, 'clusters'), next: nextIn(answer.nextToken) };
}

/** One cluster as EKS describes it; null where it is gone. */
export async function describeCluster({ clients, region, signal }: ApiCall, name: string): Promise<ClusterAnswer | null> {
  const command = new DescribeClusterCommand({ name });
  const answer = await askEksAbout(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  if (answer === null) return null;
  const cluster = present(answer.cluster, 'cluster');
  return { arn: textIn(cluster.arn, 'arn of the cluster'), detail: detailOf(cluster) };
}

/** Issuer, endpoint and certificate are absent until a cluster is made: null, and never worked out from other fields. */
function detailOf(cluster: Cluster): ClusterDetail {
  return {
    status: textIn(cluster.status, 'status of the cluster'),
    issuer: textOrNull(cluster.identity?.oidc?.issuer, 'issuer of the cluster'),
    endpoint: textOrNull(cluster.endpoint, 'endpoint of the cluster'),
    certificateAuthority: textOrNull(cluster.certificateAuthority?.data, 'certificate authority of the cluster'),
    endpointPublicAccess: flagOrNull(cluster.resourcesVpcConfig?.endpointPublicAccess, 'endpointPublicAccess'),
    createdAt: isoDate(cluster.createdAt),
    kubernetesVersion: textOrNull(cluster.version, 'version of the cluster'),
    autoMode: flagOrNull(cluster.computeConfig?.enabled, 'computeConfig.enabled'),
    ...(listIn(cluster.remoteNetworkConfig?.remoteNodeNetworks ?? [], 'remoteNodeNetworks').length === 0 ? {} : { hybridNodes: true }),
    authenticationMode: textOrNull(cluster.accessConfig?.authenticationMode, 'authentication mode of the cluster'),
    // EKS gives an id to local clusters alone.
    localId: textOrNull(cluster.id, 'id of the cluster'),
    tags: textsByName(cluster.tags, 'tags of the cluster'),
  };
}
