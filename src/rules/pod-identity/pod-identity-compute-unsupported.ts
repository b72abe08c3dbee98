import { hasWebIdentity } from '../../facts/pods-of.js';
import { asksAgent, inWords, isBeyondPodIdentity, runningPods, type RunningPods } from '../../facts/running-pods.js';
import { AGENT_UNREACHABLE, NO_CREDENTIALS } from '../../model/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../define-rule.js';

const messages = {
  unsupported: ({ pods, account, where }: { pods: string; account: string; where: string }) =>
    `${pods} has its role by the Pod Identity association of ${account}, and runs on ${where}, which EKS Pod Identity does not serve.`,
} satisfies Messages;

function evaluate({ of, workload }: RunningPods): readonly Raised[] {
  const { containers, fargate, skipsWebhook } = workload;
  const hasOwn = hasWebIdentity(workload) || containers.some(({ variables }) => variables.includes('AWS_ACCESS_KEY_ID'));
  if (!of.associated || !isBeyondPodIdentity(workload) || skipsWebhook || hasOwn) return [];
  const where = fargate ? 'Fargate' : 'Windows';
  return [
    {
      message: messages.unsupported({ pods: inWords(workload), account: of.id, where }),
      error: containers.some(asksAgent) ? AGENT_UNREACHABLE : NO_CREDENTIALS,
      evidence: [{ what: 'where the pods run', path: null, found: where, expected: 'Linux nodes of EC2' }],
      related: [{ type: 'service-account', id: of.id, why: 'its association does not reach these pods' }],
      issuer: of.cluster.url,
      fix: {
        summary:
          'Give the role by annotation (IRSA): the trust policy names the OIDC provider of the cluster, the service account bears the annotation, and the association goes.',
      },
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
  looksAt: ['roles'],
  title: 'Compute without Pod Identity support',
  why: 'The agent runs on Linux nodes of EC2. Pods on Fargate and Windows pods find nobody at its address, whatever the association says.',
  error: AGENT_UNREACHABLE,
  references: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html'],
  subjects: runningPods,
  evaluate,
});
