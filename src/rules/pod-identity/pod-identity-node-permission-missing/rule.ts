import { associatedServiceAccounts, clusterIn } from '../../../facts/pod-identity/associations.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { Has, RoleHas } from '../../../facts/account/facts.js';
import { groupBy } from '../../../lib/group-by.js';
import { OF_NODES, roleVerdict, type DeniedBy, type RoleVerdict } from '../../../facts/permissions/role-permissions.js';
import { clusterSubject, roleSubject } from '../../../facts/account/subjects.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import type { NodeGroup } from '../../../model/inventory/inventory.js';
import { seen } from '../../../model/inventory/observed.js';
import { deniedToNode } from '../../../model/report/pod-identity-errors.js';
import { defineRule, type Entry, type Messages, type Raised } from '../../contract/define-rule.js';

interface NodeRole {
  readonly cluster: ClusterHas<'clusters' | 'pod-identity-associations' | 'node-groups'>;
  readonly role: RoleHas;
  readonly groups: readonly NodeGroup[];
}

const ACTION = 'eks-auth:AssumeRoleForPodIdentity';
const POLICY = 'AmazonEKSWorkerNodePolicy';

/** Policies of AWS that do not speak of the action. */
const SILENT: ReadonlySet<string> = new Set([
  ...OF_NODES,
  'AmazonEBSCSIDriverPolicy',
  'AmazonEFSCSIDriverPolicy',
  'CloudWatchAgentServerPolicy',
]);

const FIX: Readonly<Record<DeniedBy, string>> = {
  permission: `Attach ${POLICY}, which allows ${ACTION}.`,
  deny: `Have the Deny of its policies or boundary spare ${ACTION}.`,
  boundary: `Allow ${ACTION} in its permissions boundary too.`,
};

const messages = {
  missing: ({ groups, cluster }: { groups: string; cluster: string }) =>
    `The nodes of ${groups} in cluster ${cluster} have this role, which is not allowed ${ACTION}: the Pod Identity agent on them gets no credentials for pods.`,
} satisfies Messages;

type Facts = Has<'roles' | 'managed-policies'> & NamesOfClusters;

/** Whether a role of nodes allows the agent what it needs, as far as its policies tell. */
const agentVerdict = ({ role }: RoleHas, { arn }: Pick<ClusterHas, 'arn'>, { inventory }: Facts): RoleVerdict =>
  roleVerdict(role, inventory, { action: ACTION, arn, find: () => ({ state: 'unknowable' }) }, SILENT);

/** Whether pods may run on nodes of the cluster that are not known to be denied. */
function hasOtherNodes({ cluster }: NodeRole, facts: Facts): boolean {
  const mayBeAutoMode = !cluster.detail.known || cluster.detail.value.autoMode === true;
  const isDenied = ({ roleArn }: NodeGroup): boolean => {
    const role = roleArn.known ? facts.role(roleArn.value) : null;
    return role !== null && agentVerdict(role, cluster, facts).outcome === 'no';
  };
  return mayBeAutoMode || seen(cluster.nodeGroups).some((one) => !isDenied(one));
}

function evaluate(nodes: NodeRole, facts: Facts): readonly Raised[] {
  const { cluster, role, groups } = nodes;
  const { outcome, by } = agentVerdict(role, cluster, facts);
  if (outcome !== 'no') return [];
  const partly = hasOtherNodes(nodes, facts) ? { partly: true as const } : {};
  const { attachedPolicyArns, inlinePolicies } = role.role;
  return [
    {
      message: messages.missing({ cluster: clusterInWords(cluster, facts), groups: groups.map((group) => group.name).join(' and ') }),
      error: deniedToNode(role.role.arn, ACTION, cluster.arn),
      evidence: [
        {
          what: 'policies of the role',
          path: null,
          found: [...attachedPolicyArns, ...inlinePolicies.map((policy) => policy.name)],
          expected: POLICY,
        },
      ],
      related: associatedServiceAccounts(
        { cluster, associations: seen(cluster.podIdentityAssociations) },
        'its pods get no credentials on nodes of this role',
      ).map((one) => ({ ...one, ...partly })),
      fix: { summary: FIX[by ?? 'permission'] },
    },
  ];
}

function nodeRoles(
  cluster: ClusterHas<'clusters' | 'pod-identity-associations' | 'node-groups'>,
  facts: Has<'roles'>,
): readonly Entry<NodeRole>[] {
  if (seen(cluster.podIdentityAssociations).length === 0) return [];
  const { nodeGroups } = cluster;
  if (!nodeGroups.known) return [{ subject: clusterSubject(cluster), unread: { reason: nodeGroups.reason } }];
  const byRole = groupBy(nodeGroups.value, ({ roleArn }) => (roleArn.known ? roleArn.value : null));
  return [...byRole].flatMap(([arn, groups]): readonly Entry<NodeRole>[] => {
    const [first] = groups;
    if (first?.roleArn.known === false) return [{ subject: clusterSubject(cluster), unread: { reason: first.roleArn.reason } }];
    const role = facts.role(arn ?? '');
    return role === null ? [] : [{ subject: roleSubject(role.role), of: { cluster, role, groups } }];
  });
}

/** The role of nodes does not let the Pod Identity agent ask for credentials. */
export const podIdentityNodePermissionMissing = defineRule({
  id: 'pod-identity-node-permission-missing',
  cause: 'podid-node-permission-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'cluster',
  link: 'agent',
  needs: ['roles', 'pod-identity-associations', 'node-groups'],
  looksAt: ['clusters', 'managed-policies'],
  title: 'Node role lacks agent permission',
  why: `The agent asks EKS for the credentials of pods with the role of its node, which needs ${ACTION}. ${POLICY} has it; a policy of one's own may not.`,
  errorForm: deniedToNode('{node role}', ACTION, '{cluster}'),
  references: ['EKS/pod-id-agent-setup.html'],
  subjects: (facts, scope) => {
    const cluster = clusterIn(facts, scope);
    return cluster === null ? [] : nodeRoles(cluster, facts);
  },
  evaluate,
});
