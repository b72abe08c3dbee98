import { serviceAccountKey } from '../../../facts/account/service-account-key.js';
import { associatedServiceAccounts, clusterEntriesIn } from '../../../facts/pod-identity/associations.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import { agentOn, type OfAgent } from '../../../facts/pod-identity/pod-identity-agent.js';
import { isBeyondPodIdentity } from '../../../facts/pod/running-pods.js';
import { agentOf } from '../../../model/contract/about.js';
import { POD_IDENTITY_AGENT } from '../../../model/inventory/eks-addons.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import { unanswered, seen, whole } from '../../../model/inventory/observed.js';
import { AGENT_UNREACHABLE } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  missing: ({ cluster, count, associations }: { cluster: string; count: number; associations: string }) =>
    `Cluster ${cluster} has ${count} Pod Identity ${associations}, and no Pod Identity agent.`,
  mixed: ({ cluster, count, associations }: { cluster: string; count: number; associations: string }) =>
    `Cluster ${cluster} has ${count} Pod Identity ${associations}. EKS Auto Mode brings the Pod Identity agent to its own nodes, and its managed node groups have none.`,
} satisfies Messages;

type Agents = ClusterHas<OfAgent | 'pod-identity-associations' | 'workloads'>;

/** Whether all pods of its associations run where there is no agent: another is of no use to them. */
function areBeyondIt({ workloads, podIdentityAssociations }: Agents): boolean {
  const associated = new Set(seen(podIdentityAssociations).map((one) => serviceAccountKey(one.namespace, one.serviceAccount)));
  const own = whole(workloads)?.filter((one) => associated.has(serviceAccountKey(one.namespace, one.serviceAccount))) ?? [];
  return own.length > 0 && own.every(isBeyondPodIdentity);
}

function evaluate(cluster: Agents, facts: NamesOfClusters): readonly Raised[] {
  const associations = seen(cluster.podIdentityAssociations);
  const { podIdentityAgent, name, region } = cluster;
  const on = agentOn(cluster);
  if (associations.length === 0 || on === 'all' || areBeyondIt(cluster)) return [];
  const autoMode = on === 'nodes of Auto Mode';
  return [
    {
      message: messages[autoMode ? 'mixed' : 'missing']({
        cluster: clusterInWords(cluster, facts),
        count: associations.length,
        associations: associations.length === 1 ? 'association' : 'associations',
      }),
      // On which nodes the pods of the associations run, nobody knows.
      ...(autoMode ? { severity: 'medium', confidence: 'possible' } : podIdentityAgent.known ? { confidence: 'certain' } : {}),
      evidence: [{ what: 'add-ons', path: null, found: seen(cluster.addons).map((addon) => addon.name), expected: POD_IDENTITY_AGENT }],
      about: [agentOf(cluster)],
      related: associatedServiceAccounts({ cluster, associations }, 'its pods get no credentials by their association'),
      unless: unanswered(podIdentityAgent) ?? unanswered(cluster.workloads),
      fix: {
        summary: `Install the add-on ${POD_IDENTITY_AGENT}, unless the agent is installed in another way.`,
        commands: [['aws', 'eks', 'create-addon', '--region', region, '--cluster-name', name, '--addon-name', POD_IDENTITY_AGENT]],
      },
    } satisfies Raised,
  ];
}

/** A cluster has Pod Identity associations and nothing that serves them. */
export const podIdentityAgentMissing = defineRule({
  id: 'pod-identity-agent-missing',
  cause: 'podid-agent-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'cluster',
  link: 'agent',
  needs: ['clusters', 'pod-identity-associations', 'addons'],
  uses: ['pod-identity-agent'],
  looksAt: ['node-groups', 'workloads'],
  title: 'Pod Identity agent missing',
  why: 'Pods ask the agent on their node for credentials. Without it an association gives them nothing; EKS makes associations anyway.',
  error: AGENT_UNREACHABLE,
  references: ['EKS/pod-id-agent-setup.html'],
  subjects: (facts, scope) => clusterEntriesIn(facts, scope),
  evaluate,
});
