import { associatedAccounts, clusterEntriesIn, POD_IDENTITY_AGENT } from '../../facts/associations.js';
import type { Cluster } from '../../model/inventory.js';
import { whatArrived } from '../../model/observed.js';
import { defineRule, type Raised } from '../define-rule.js';

const UNHEALTHY = ['DEGRADED', 'CREATE_FAILED', 'UPDATE_FAILED', 'DELETE_FAILED'];

function evaluate(cluster: Cluster): readonly Raised[] {
  const associations = whatArrived(cluster.podIdentityAssociations);
  const detail = whatArrived(cluster.addons).find(({ name }) => name === POD_IDENTITY_AGENT)?.detail;
  if (associations.length === 0 || detail?.known !== true || !UNHEALTHY.includes(detail.value.status)) return [];
  const { status, issues } = detail.value;
  const said = issues.map(({ code, message }) => `${code}: ${message}`);
  const { name, region } = cluster;
  return [
    {
      message: 'unhealthy',
      data: { cluster: name, status, issues: said.length === 0 ? 'EKS names no issue' : said.join('; ') },
      evidence: [{ what: `status of the add-on ${POD_IDENTITY_AGENT}`, path: null, found: [status, ...said], expected: 'ACTIVE' }],
      related: associatedAccounts({ cluster, associations }, 'its pods get their credentials from the agent'),
      fix: {
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
  messages: { unhealthy: 'The Pod Identity agent of cluster {cluster} is {status}: {issues}.' },
  subjects: clusterEntriesIn,
  evaluate,
});
