import type { Addon, Cluster, Json, PodIdentityAssociation, Role } from '../src/model/inventory/inventory.js';
import { known } from '../src/model/inventory/observed.js';
import { trustOf } from './defects.js';

/** What one add-on wants of IAM. */
interface Want {
  readonly serviceAccount: string;
  readonly namespace: string;
  readonly policy: string;
}

const WANTS: Readonly<Record<string, Want>> = {
  'vpc-cni': { serviceAccount: 'aws-node', namespace: 'kube-system', policy: 'AmazonEKS_CNI_Policy' },
  'aws-ebs-csi-driver': {
    serviceAccount: 'ebs-csi-controller-sa',
    namespace: 'kube-system',
    policy: 'service-role/AmazonEBSCSIDriverPolicy',
  },
  'amazon-cloudwatch-observability': {
    serviceAccount: 'cloudwatch-agent',
    namespace: 'amazon-cloudwatch',
    policy: 'CloudWatchAgentServerPolicy',
  },
};
const AGENT = 'eks-pod-identity-agent';
const EBS = 'aws-ebs-csi-driver';
const CLOUDWATCH = 'amazon-cloudwatch-observability';

const accountOf = ({ arn }: Cluster): string => arn.split(':')[4] ?? '';
const roleArn = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`;
/** Sorted behind the roles of workloads, which are called `r` and a number. */
const ebsRole = ({ name }: Cluster): string => `storage-ebs-${name}`;
const CLOUDWATCH_ROLE = 'telemetry-cloudwatch';
const NODE_ROLE = 'worker-nodes';

/** Four to six, of which one to three want permissions: the CNI has those of the nodes, EBS a role, CloudWatch an association. */
const namesOf = (index: number): readonly string[] => [
  'vpc-cni',
  'coredns',
  'kube-proxy',
  AGENT,
  ...(index % 2 === 0 ? [EBS] : []),
  ...(index % 5 === 0 ? [CLOUDWATCH] : []),
  ...(index % 4 === 1 ? ['eks-node-monitoring-agent'] : []),
];

function addonOf(name: string, index: number, cluster: Cluster): Addon {
  const want = WANTS[name];
  return {
    name,
    detail: known({
      version: `v1.2${index % 2}.0-eksbuild.1`,
      status: 'ACTIVE',
      issues: [],
      serviceAccountRoleArn: name === EBS ? roleArn(accountOf(cluster), ebsRole(cluster)) : null,
      namespace: want?.namespace ?? 'kube-system',
      configured: false,
    }),
    wants: known(
      want === undefined
        ? []
        : [{ serviceAccount: want.serviceAccount, recommendedPolicyArns: [`arn:aws:iam::aws:policy/${want.policy}`] }],
    ),
  };
}

function associationsOf(names: readonly string[], cluster: Cluster): readonly PodIdentityAssociation[] {
  const want = names.includes(CLOUDWATCH) ? WANTS[CLOUDWATCH] : undefined;
  if (want === undefined) return [];
  const { namespace, serviceAccount } = want;
  const place = `${cluster.region}:${accountOf(cluster)}`;
  return [
    {
      namespace,
      serviceAccount,
      id: `a-${cluster.name}`,
      ownerArn: `arn:aws:eks:${place}:addon/${cluster.name}/${CLOUDWATCH}/1`,
      roleArn: roleArn(accountOf(cluster), CLOUDWATCH_ROLE),
      targetRoleArn: null,
      disableSessionTags: false,
      externalId: null,
    },
  ];
}

/** A cluster of a generated account with its add-ons, their associations and its node groups. */
export function withAddons(cluster: Cluster, index: number): Cluster {
  const names = [...namesOf(index)].sort();
  const nodeRole = known(roleArn(accountOf(cluster), NODE_ROLE));
  return {
    ...cluster,
    addons: known(names.map((name) => addonOf(name, index, cluster))),
    podIdentityAssociations: known(associationsOf(names, cluster)),
    nodeGroups: known(['blue', 'green'].map((name) => ({ name, roleArn: nodeRole }))),
  };
}

function roleOf(account: string, name: string, trustPolicy: Json, policies: readonly string[]): Role {
  return {
    arn: roleArn(account, name),
    name,
    path: '/',
    createdAt: '2025-05-06T07:08:09.000Z',
    trustPolicy,
    inlinePolicies: [],
    attachedPolicyArns: policies.map((policy) => `arn:aws:iam::aws:policy/${policy}`),
    permissionsBoundaryArn: null,
    tags: {},
    lastUsed: { date: '2026-10-15T10:00:00.000Z', region: 'eu-west-1' },
  };
}

const trustedBy = (service: string, ...actions: readonly string[]): Json => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: actions }],
});

/** The roles of the add-ons of these clusters, and of their nodes, in the order of their names. */
export function rolesOfAddons(clusters: readonly Cluster[], urlOf: (cluster: Cluster) => string): readonly Role[] {
  const [first] = clusters;
  if (first === undefined) return [];
  const account = accountOf(first);
  const policyOf = (addon: string): string => WANTS[addon]?.policy ?? '';
  const storage = clusters.flatMap((cluster, index) => {
    if (!namesOf(index).includes(EBS)) return [];
    const workload = { partition: 'aws', account, url: urlOf(cluster), namespace: 'kube-system', name: 'ebs-csi-controller-sa' };
    return [roleOf(account, ebsRole(cluster), trustOf([workload]), [policyOf(EBS)])];
  });
  const pods = trustedBy('pods.eks.amazonaws.com', 'sts:AssumeRole', 'sts:TagSession');
  const nodes = trustedBy('ec2.amazonaws.com', 'sts:AssumeRole');
  return [
    ...storage.sort((one, other) => (one.name < other.name ? -1 : 1)),
    roleOf(account, CLOUDWATCH_ROLE, pods, [policyOf(CLOUDWATCH)]),
    roleOf(account, NODE_ROLE, nodes, ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly', policyOf('vpc-cni')]),
  ];
}
