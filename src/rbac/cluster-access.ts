import { stringify } from 'yaml';
import { unreadIn } from '../engine/run/coverage.js';
import { KUBERNETES_READS } from '../collect/reading/kubernetes-reads.js';
import { shellCommand } from '../engine/repair/shell.js';
import type { Cluster, Inventory } from '../model/inventory/inventory.js';

/** The name of the ClusterRole, its binding, and the group that an access entry puts the auditor in. */
export const GROUP = 'irsa-auditor';

/** The ClusterRole that allows exactly what is read, and its binding to the group of the access entry, as YAML. */
export function clusterRole(): string {
  const metadata = { name: GROUP };
  const rules = KUBERNETES_READS.map((read) => ({
    apiGroups: [read.group],
    resources: [read.resource],
    verbs: [read.verb],
    ...('names' in read ? { resourceNames: [...read.names] } : {}),
  }));
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: GROUP };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: GROUP }];
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata, roleRef, subjects },
  ]
    .map((one) => stringify(one))
    .join('---\n');
}

const OF_CLUSTERS = new Set(['account:ListRegions', 'eks:ListClusters', 'eks:DescribeCluster']);

/**
 * What is not known of the clusters that there are, as lines for people.
 * @param cluster only what has to do with this one: a name, which any region may have, or region/name
 */
export function unreadOfClusters(inventory: Inventory, cluster?: string): readonly string[] {
  const [, region, name] = /^([^/]+)\/(.+)$/.exec(cluster ?? '') ?? [];
  const isOfRegion = (scope: string): boolean => region === undefined || scope === region || scope === `${region}/${name ?? ''}`;
  return unreadIn(inventory, [])
    .filter(({ what, scope }) => OF_CLUSTERS.has(what) && isOfRegion(scope))
    .map(({ what, scope, reason, detail }) => `${what} in ${scope}: ${reason}: ${detail}`);
}

type Access = Pick<Cluster, 'name' | 'region' | 'arn' | 'detail'>;

const takesNoEntries = ({ detail }: Access): boolean => detail.known && detail.value.authenticationMode === 'CONFIG_MAP';

const FILE = `${GROUP}-rbac.yaml`;

/** Lines of which one that is null is a command that cannot be told. */
type Lines = readonly (string | null)[];

/** By the config map aws-auth, which knows no policies of EKS, and takes roles without their path alone. */
function byConfigMap({ name, region, arn }: Access, principal: string): Lines {
  const mapped = principal.replace(/(:role\/).*\//, '$1');
  const isRole = principal.includes(':role/');
  const entry = `{ ${isRole ? 'rolearn' : 'userarn'}: ${mapped}, username: ${GROUP}, groups: [${GROUP}] }`;
  const where = ['--region', region, '--cluster', name, '--arn', mapped];
  return [
    '# Its authentication mode is CONFIG_MAP: it takes no access entries, but a line in its config map aws-auth.',
    shellCommand(['kubectl', 'apply', '--context', arn, '-f', FILE]),
    shellCommand(['eksctl', 'create', 'iamidentitymapping', ...where, '--username', GROUP, '--group', GROUP, '--no-duplicate-arns']),
    `# Without eksctl, under ${isRole ? 'mapRoles' : 'mapUsers'}: - ${entry}`,
    `#   kubectl edit --context ${arn} --namespace kube-system configmap/aws-auth`,
  ];
}

function byAccessEntry({ name, region, arn }: Access, principal: string, narrow: boolean): Lines {
  const where = ['--region', region, '--cluster-name', name, '--principal-arn', principal];
  const entry = ['aws', 'eks', 'create-access-entry', ...where, ...(narrow ? ['--kubernetes-groups', GROUP] : [])];
  const policy = `arn:${arn.split(':')[1] ?? 'aws'}:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`;
  const allow = narrow
    ? ['kubectl', 'apply', '--context', arn, '-f', FILE]
    : ['aws', 'eks', 'associate-access-policy', ...where, '--policy-arn', policy, '--access-scope', 'type=cluster'];
  return [shellCommand(entry), shellCommand(allow)];
}

/** What lets a principal into one cluster; nothing where one of the commands cannot be told, for half of them is not what was meant. */
function linesOf(cluster: Access, principal: string, narrow: boolean): readonly string[] {
  const lines = takesNoEntries(cluster) ? byConfigMap(cluster, principal) : byAccessEntry(cluster, principal, narrow);
  // The name is not told either: at the prompt of zsh no `#` makes a comment.
  return lines.includes(null)
    ? ['', '# A cluster has a name that a shell may take for something else: there are no commands for it.']
    : ['', `# ${cluster.region}/${cluster.name}`, ...lines.map((line) => line ?? '')];
}

/** What to do where the principal has an entry in a cluster: there is one for each principal, and `create-access-entry` is refused. */
function whereEntriesAre(narrow: boolean): readonly string[] {
  const refused = '# Where there is an access entry already, create-access-entry answers ResourceInUseException:';
  return narrow
    ? [
        refused,
        `#   aws eks update-access-entry with the same arguments, and beside ${GROUP} the groups that the entry has;`,
        '#   aws eks describe-access-entry shows them, and what is left out is taken away.',
      ]
    : [refused, '#   then associate-access-policy alone is enough.'];
}

/**
 * Commands that let a principal into each cluster: by an access entry with the view policy of EKS, which holds neither
 * secrets nor webhooks, or in the group of a ClusterRole that allows exactly what is read. Where a cluster takes no access
 * entries, by its config map and that role.
 * @param principal ARN of a role or user
 * @returns lines for POSIX shells and fish, which knows no here-documents
 */
export function accessCommands(clusters: readonly Access[], principal: string, narrow: boolean): readonly string[] {
  const head = [
    `printf %s '${clusterRole()}' > ${FILE}`,
    '# The contexts of kubectl are those that this makes: aws eks update-kubeconfig --region REGION --name CLUSTER',
  ];
  const perCluster = clusters.flatMap((cluster) => linesOf(cluster, principal, narrow));
  const entries = clusters.every(takesNoEntries) ? [] : whereEntriesAre(narrow);
  return [...(narrow || clusters.some(takesNoEntries) ? head : []), ...entries, ...perCluster];
}
