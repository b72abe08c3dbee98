import { associatedAccounts, clusterEntriesIn, POD_IDENTITY_AGENT } from '../../facts/associations.js';
import type { Cluster } from '../../model/inventory.js';
import { whatArrived } from '../../model/observed.js';
import { defineRule, type Raised } from '../define-rule.js';

const UNHEALTHY = ['DEGRADED', 'CREATE_FAILED', 'UPDATE_FAILED', 'DELETE_FAILED'];

/** Under way: what is not ready yet may be in a minute. */
const CHANGING = ['CREATING', 'UPDATING', 'DELETING'];

/** What is said of it where the add-on itself does not say that it is unwell: that it runs on no node at all. */
function idle({ podIdentityAgent }: Cluster, status: string): string | null {
  if (CHANGING.includes(status) || !podIdentityAgent.known || podIdentityAgent.value === null) return null;
  const { desired, ready } = podIdentityAgent.value;
  return desired > 0 && ready === 0 ? `ready on none of ${desired} nodes` : null;
}

function evaluate(cluster: Cluster): readonly Raised[] {
  const associations = whatArrived(cluster.podIdentityAssociations);
  const detail = whatArrived(cluster.addons).find(({ name }) => name === POD_IDENTITY_AGENT)?.detail;
  if (associations.length === 0) return [];
  const { status, issues } = detail?.known === true ? detail.value : { status: '', issues: [] };
  const nowhere = idle(cluster, status);
  if (!UNHEALTHY.includes(status) && nowhere === null) return [];
  const said = issues.map(({ code, message }) => `${code}: ${message}`);
  const { name, region } = cluster;
  const state = UNHEALTHY.includes(status) ? status : (nowhere ?? '');
  return [
    {
      message: said.length === 0 ? 'state' : 'unhealthy',
      data: { cluster: name, status: state, issues: said.join('; ') },
      evidence: [{ what: `state of ${POD_IDENTITY_AGENT}`, path: null, found: [state, ...said], expected: 'ACTIVE' }],
      related: associatedAccounts({ cluster, associations }, 'its pods get their credentials from the agent'),
      fix:
        detail === undefined
          ? { summary: `See why the pods of the daemon set ${POD_IDENTITY_AGENT} in kube-system are not ready.` }
          : {
              summary: 'Remove what EKS names as the issue, and update the add-on.',
              commands: [['aws', 'eks', 'update-addon', '--region', region, '--cluster-name', name, '--addon-name', POD_IDENTITY_AGENT]],
            },
    },
  ];
}

/** The agent that serves a cluster's Pod Identity associations is not well, as EKS says. */
export const podIdentityAgentUnhealthy = defineRule<Cluster>({
  id: 'pod-identity-agent-unhealthy',
  cause: 'podid-agent-unhealthy',
  since: '0.1.0',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'cluster',
  needs: ['clusters', 'pod-identity-associations', 'addons'],
  uses: [],
  title: 'The Pod Identity agent is not healthy',
  why: 'Pods ask the agent on their node for credentials. Where it does not run, new pods get none, and those of running pods end after six hours at the latest.',
  error: null,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html',
    'https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonHealth.html',
  ],
  messages: {
    unhealthy: 'The Pod Identity agent of cluster {cluster} is {status}: {issues}.',
    state: 'The Pod Identity agent of cluster {cluster} is {status}.',
  },
  subjects: clusterEntriesIn,
  evaluate,
});
