import type { Addon, Cluster, Inventory, PodIdentityAssociation } from '../src/model/inventory/inventory.js';
import { json, pageOf, valueOf, type Operations, type StandInAnswer, type StandInCall } from './answer-parts.js';

function clusterJson(cluster: Cluster): unknown {
  const detail = valueOf(cluster.detail);
  return {
    name: cluster.name,
    arn: cluster.arn,
    createdAt: Date.parse(detail.createdAt ?? '') / 1000,
    version: detail.kubernetesVersion,
    endpoint: detail.endpoint,
    status: detail.status,
    resourcesVpcConfig: {
      endpointPublicAccess: detail.endpointPublicAccess,
      endpointPrivateAccess: true,
      subnetIds: [],
      securityGroupIds: [],
    },
    identity: { oidc: { issuer: detail.issuer } },
    certificateAuthority: { data: detail.certificateAuthority },
    tags: detail.tags,
  };
}

function addonJson({ name: addonName, detail }: Addon, { name: clusterName }: Cluster): unknown {
  const { version: addonVersion, status, serviceAccountRoleArn, namespace } = valueOf(detail);
  const role = serviceAccountRoleArn === null ? {} : { serviceAccountRoleArn };
  return { addonName, clusterName, addonVersion, status, health: { issues: [] }, namespaceConfig: { namespace }, ...role };
}

const wantsJson = ({ wants }: Addon): unknown =>
  valueOf(wants).map(({ serviceAccount, recommendedPolicyArns }) => ({
    serviceAccount,
    recommendedManagedPolicies: recommendedPolicyArns,
  }));

const listedJson = ({ namespace, serviceAccount, id: associationId, ownerArn }: PodIdentityAssociation): unknown => ({
  namespace,
  serviceAccount,
  associationId,
  ownerArn,
});

const absent = (what: string): StandInAnswer => json({ message: `No ${what} found.` }, 404);

/** Of a version of an add-on there is one answer for all clusters. */
function configurations(clusters: readonly Cluster[]): ReadonlyMap<string, unknown> {
  const addons = clusters.flatMap((cluster) => valueOf(cluster.addons));
  return new Map(addons.map((addon) => [`${addon.name} ${valueOf(addon.detail).version ?? ''}`, wantsJson(addon)]));
}

/** What EKS would answer for this account; paths are `/clusters/NAME/KIND/ID`. */
export function eksAnswers({ regions }: Inventory): Operations {
  const byRegion = new Map(regions.map(({ region, clusters }) => [region, new Map(valueOf(clusters).map((one) => [one.name, one]))]));
  const wants = configurations(regions.flatMap(({ clusters }) => valueOf(clusters)));
  const inCluster =
    (what: string, answer: (cluster: Cluster, call: StandInCall) => unknown) =>
    (call: StandInCall): StandInAnswer => {
      const cluster = byRegion.get(call.region)?.get(call.path[1] ?? '');
      const found = cluster === undefined ? undefined : answer(cluster, call);
      return found === undefined ? absent(what) : json(found);
    };
  return {
    ListClusters: ({ region, field }) => {
      const size = Math.min(100, Number(field('maxResults') ?? 100));
      const { page, next } = pageOf([...(byRegion.get(region)?.keys() ?? [])], field('nextToken'), size);
      return json({ clusters: page, nextToken: next });
    },
    DescribeCluster: inCluster('cluster', (cluster) => ({ cluster: clusterJson(cluster) })),
    ListPodIdentityAssociations: inCluster('cluster', ({ podIdentityAssociations }, { field }) => {
      const [namespace, name] = [field('namespace'), field('serviceAccount')];
      const those = valueOf(podIdentityAssociations).filter(
        (one) => (namespace === null || one.namespace === namespace) && (name === null || one.serviceAccount === name),
      );
      return { associations: those.map(listedJson), nextToken: null };
    }),
    DescribePodIdentityAssociation: inCluster('association', ({ podIdentityAssociations }, { path }) => {
      const association = valueOf(podIdentityAssociations).find(({ id }) => id === path[3]);
      return association && { association };
    }),
    ListAddons: inCluster('cluster', ({ addons }) => ({ addons: valueOf(addons).map(({ name }) => name), nextToken: null })),
    DescribeAddon: inCluster('add-on', (cluster, { path }) => {
      const addon = valueOf(cluster.addons).find(({ name }) => name === path[3]);
      return addon && { addon: addonJson(addon, cluster) };
    }),
    DescribeAddonConfiguration: ({ field }) => {
      const podIdentityConfiguration = wants.get(`${field('addonName') ?? ''} ${field('addonVersion') ?? ''}`);
      return podIdentityConfiguration === undefined ? absent('add-on') : json({ podIdentityConfiguration });
    },
    ListNodegroups: inCluster('cluster', ({ nodeGroups }) => ({
      nodegroups: valueOf(nodeGroups).map(({ name }) => name),
      nextToken: null,
    })),
    DescribeNodegroup: inCluster('node group', ({ nodeGroups }, { path }) => {
      const group = valueOf(nodeGroups).find(({ name }) => name === path[3]);
      return group && { nodegroup: { nodegroupName: group.name, nodeRole: valueOf(group.roleArn) } };
    }),
  };
}
