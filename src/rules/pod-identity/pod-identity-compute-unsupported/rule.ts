import type { Has } from '../../../facts/account/facts.js';
import { webIdentityRefused } from '../../../facts/pod/web-identity-of-pods.js';
import { hasWebIdentity } from '../../../facts/pod/pods-of.js';
import { inWordsWith, servedPods } from '../../../facts/pod/served-pods.js';
import { asksAgent } from '../../../facts/account/asks-agent.js';
import { inWords, isBeyondPodIdentity, runningPods, type RunningPods } from '../../../facts/pod/running-pods.js';
import { AGENT_UNREACHABLE, NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  unsupported: ({ pods, account, where }: { pods: string; account: string; where: string }) =>
    `${pods} has its role by the Pod Identity association of ${account}, and runs on ${where}, which EKS Pod Identity does not serve.`,
  refused: ({ pods, account, where }: { pods: string; account: string; where: string }) =>
    `${pods} runs on ${where}, which EKS Pod Identity does not serve: the association of ${account} gives it nothing, and the web identity that it has is refused.`,
} satisfies Messages;

/** The association goes where nobody lives by it: pods on Linux nodes may share the service account. */
function adviceOf({ of, workload }: RunningPods): string {
  const served = servedPods(of);
  const by = 'by annotation (IRSA): the trust policy names the OIDC provider of the cluster, the service account is annotated with it';
  if (served.length > 0)
    return `Run the pods of ${workload.owner.kind} ${workload.owner.name} as a service account of their own, and give that one the role ${by}. Leave the association: ${inWordsWith(served, 'has its role by it, and runs', 'have their role by it, and run')} on Linux nodes.`;
  return of.cluster.cluster.workloads.known
    ? `Give the role ${by}, the association is deleted, and the pods are recreated.`
    : `Give the role ${by}, and the pods are recreated. Delete the association first, but only if no pods on Linux nodes run as ${of.id}: which others do was not read.`;
}

function evaluate(running: RunningPods, facts: Has<'roles' | 'providers'>): readonly Raised[] {
  const { of, workload } = running;
  const { containers, fargate, skipsWebhook } = workload;
  const hasKeys = containers.some(({ variables }) => variables.includes('AWS_ACCESS_KEY_ID'));
  if (!of.associated || !isBeyondPodIdentity(workload) || skipsWebhook || hasKeys) return [];
  const refused = webIdentityRefused(workload, of, facts);
  if (refused === null && hasWebIdentity(workload)) return [];
  const where = fargate ? 'Fargate' : 'Windows';
  return [
    {
      message: messages[refused === null ? 'unsupported' : 'refused']({ pods: inWords(workload), account: of.id, where }),
      error: refused !== null ? refused.error : containers.some(asksAgent) ? AGENT_UNREACHABLE : NO_CREDENTIALS,
      evidence: [{ what: 'where the pods run', path: null, found: where, expected: 'Linux nodes of EC2' }],
      related: [{ type: 'service-account', id: of.id, why: 'its association does not reach these pods' }],
      issuer: of.cluster.url,
      fix: { summary: adviceOf(running) },
    },
  ];
}

/** Pods that have their role by EKS Pod Identity run where that does not. */
export const podIdentityComputeUnsupported = defineRule({
  id: 'pod-identity-compute-unsupported',
  cause: 'podid-compute-unsupported',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'pod',
  needs: ['service-accounts', 'workloads', 'pod-identity-associations', 'clusters'],
  uses: ['namespaces'],
  looksAt: ['roles', 'providers'],
  title: 'Compute without Pod Identity support',
  why: 'The agent runs on Linux nodes of EC2. Pods on Fargate and Windows pods find nobody at its address, whatever the association says.',
  error: AGENT_UNREACHABLE,
  references: ['EKS/pod-identities.html'],
  subjects: runningPods,
  evaluate,
});
