import { associatedServiceAccounts, clusterEntriesIn } from '../../../facts/pod-identity/associations.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import { isAutoModeAlone } from '../../../facts/pod-identity/pod-identity-agent.js';
import { POD_IDENTITY_AGENT } from '../../../model/inventory/eks-addons.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import { unanswered, seen } from '../../../model/inventory/observed.js';
import { AGENT_UNREACHABLE } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised, type Repair } from '../../contract/define-rule.js';

/** EKS says that it does not run as it should. */
const UNWELL = ['DEGRADED', 'CREATE_FAILED'];

/** What was there before the change goes on running. */
const UNCHANGED = ['UPDATE_FAILED', 'DELETE_FAILED'];

/** Under way: what is not ready yet may be in a minute. */
const CHANGING = ['CREATING', 'UPDATING', 'DELETING'];

/** Whether its daemon set is ready on all of its nodes, on none, or on fewer than half; null where it is on most, has none, or was not read. */
function readiness({ podIdentityAgent }: ClusterHas<'pod-identity-agent'>): 'all' | 'few' | 'none' | null {
  if (!podIdentityAgent.known || podIdentityAgent.value === null || podIdentityAgent.value.desired === 0) return null;
  const { desired, ready } = podIdentityAgent.value;
  if (ready >= desired) return 'all';
  return ready === 0 ? 'none' : ready * 2 < desired ? 'few' : null;
}

/** What a cluster's agent is, in words; null where that is nothing to tell of. */
function stateOf(cluster: ClusterHas<'pod-identity-agent'>, status: string): string | null {
  if (UNWELL.includes(status) || UNCHANGED.includes(status)) return status;
  const { podIdentityAgent } = cluster;
  const isWell = !['few', 'none'].includes(readiness(cluster) ?? '');
  if (CHANGING.includes(status) || isWell || !podIdentityAgent.known || podIdentityAgent.value === null) return null;
  const { desired, ready } = podIdentityAgent.value;
  return `ready on ${ready === 0 ? 'none' : ready} of ${desired} nodes`;
}

function repair({ name, region, detail }: ClusterHas<'clusters'>, status: string): Repair {
  const command = ['aws', 'eks', 'update-addon', '--region', region, '--cluster-name', name, '--addon-name', POD_IDENTITY_AGENT];
  switch (status) {
    case 'DELETE_FAILED':
      return { summary: 'Remove what EKS names as the issue; the add-on was to be deleted, and its associations need an agent.' };
    case 'DEGRADED':
    case 'CREATE_FAILED':
    case 'UPDATE_FAILED':
      return {
        summary: 'Remove what EKS names as the issue, and update the add-on.',
        commands: [[...command, '--resolve-conflicts', 'PRESERVE']],
      };
    default:
      return {
        summary: `See why the pods of the daemon set ${POD_IDENTITY_AGENT}${detail.known && detail.value.hybridNodes === true ? ' or of …-hybrid' : ''} in kube-system are not ready.`,
      };
  }
}

const messages = {
  state: ({ cluster, status, issues }: { cluster: string; status: string; issues: string }) =>
    `The Pod Identity agent of cluster ${cluster} is ${status}${issues === '' ? '' : `: ${issues}`}.`,
  runs: ({ cluster, status, issues }: { cluster: string; status: string; issues: string }) =>
    `The add-on of the Pod Identity agent of cluster ${cluster} is ${status}${issues === '' ? '; the' : `: ${issues}. The`} agent itself still runs, as far as can be seen.`,
} satisfies Messages;

function evaluate(
  cluster: ClusterHas<'clusters' | 'pod-identity-associations' | 'addons' | 'pod-identity-agent' | 'node-groups'>,
  facts: NamesOfClusters,
): readonly Raised[] {
  const associations = seen(cluster.podIdentityAssociations);
  const detail = seen(cluster.addons).find(({ name }) => name === POD_IDENTITY_AGENT)?.detail;
  const { status, issues } = detail?.known === true ? detail.value : { status: '', issues: [] };
  const state = stateOf(cluster, status);
  // Auto Mode brings an agent of its own, beside which the add-on is idle; only nodes that it does not run need that.
  if (associations.length === 0 || state === null || isAutoModeAlone(cluster)) return [];
  const said = issues.map(({ code, message }) => `${code}: ${message.replace(/\.$/, '')}`);
  const runs = readiness(cluster) === 'all' || (UNCHANGED.includes(status) && readiness(cluster) !== 'none');
  // Nodes come and go: those on which it is not ready yet may be new ones.
  const isOnFew = state !== status && readiness(cluster) === 'few';
  const mayRun = isOnFew || unanswered(cluster.podIdentityAgent) !== null;
  return [
    {
      message: messages[runs ? 'runs' : 'state']({ cluster: clusterInWords(cluster, facts), status: state, issues: said.join('; ') }),
      ...(mayRun ? { severity: 'medium', confidence: 'possible' } : runs ? { severity: 'low', confidence: 'possible' } : {}),
      ...(runs ? { error: null } : {}),
      // Of an add-on that is being changed, what is not ready yet may be in a minute.
      unless: detail === undefined ? null : unanswered(detail),
      evidence: [{ what: `state of ${POD_IDENTITY_AGENT}`, path: null, found: [state, ...said], expected: 'ACTIVE' }],
      related: associatedServiceAccounts({ cluster, associations }, 'its pods get their credentials from the agent'),
      fix: repair(cluster, status),
    } satisfies Raised,
  ];
}

/** The agent that serves a cluster's Pod Identity associations is not well, as EKS says. */
export const podIdentityAgentUnhealthy = defineRule({
  id: 'pod-identity-agent-unhealthy',
  cause: 'podid-agent-unhealthy',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'cluster',
  link: 'agent',
  needs: ['clusters', 'pod-identity-associations', 'addons'],
  uses: ['pod-identity-agent'],
  looksAt: ['node-groups'],
  title: 'Pod Identity agent not healthy',
  why: 'Pods ask the agent on their node for credentials. Where it does not run, new pods get none, and those of running pods end after six hours at the latest.',
  error: AGENT_UNREACHABLE,
  references: ['EKS/pod-id-agent-setup.html', 'https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonHealth.html'],
  subjects: (facts, scope) => clusterEntriesIn(facts, scope),
  evaluate,
});
