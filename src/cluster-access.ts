import { stringify } from 'yaml';
import { KUBERNETES_READS } from './collect/kubernetes/reads.js';
import { shellArgument, shellCommand } from './engine/shell.js';

/** The name of the ClusterRole, its binding, and the group that an access entry puts the auditor in. */
export const GROUP = 'irsa-auditor';

/** The ClusterRole that allows exactly what is read, and its binding to the group of the access entry, as YAML. */
export function clusterRole(): string {
  const metadata = { name: GROUP };
  const rules = KUBERNETES_READS.map((read) => ({
    apiGroups: [read.group],
    resources: [read.resource],
    verbs: [read.verb],
    ...(read.verb === 'get' ? { resourceNames: [read.path.split('/').at(-1) ?? ''] } : {}),
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

type Place = { readonly name: string; readonly region: string; readonly arn: string };

/**
 * Commands that give a principal an access entry of each cluster: with the view policy of EKS, which holds neither secrets
 * nor webhooks, or in the group of a ClusterRole that allows exactly what is read.
 * @param principal ARN of a role or user
 * @returns lines for a POSIX shell
 */
export function accessCommands(clusters: readonly Place[], principal: string, narrow: boolean): readonly string[] {
  const file = `${GROUP}-rbac.yaml`;
  const head = narrow ? [`cat > ${file} <<'YAML'`, `${clusterRole()}YAML`] : [];
  const perCluster = clusters.flatMap(({ name, region, arn }) => {
    const where = ['--region', region, '--cluster-name', name, '--principal-arn', principal];
    const entry = ['aws', 'eks', 'create-access-entry', ...where, ...(narrow ? ['--kubernetes-groups', GROUP] : [])];
    const policy = `arn:${arn.split(':')[1] ?? 'aws'}:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`;
    const allow = narrow
      ? ['kubectl', 'apply', '--context', arn, '-f', file]
      : ['aws', 'eks', 'associate-access-policy', ...where, '--policy-arn', policy, '--access-scope', 'type=cluster'];
    return ['', `# ${shellArgument(`${region}/${name}`)}`, shellCommand(entry), shellCommand(allow)];
  });
  return [...head, ...perCluster];
}
