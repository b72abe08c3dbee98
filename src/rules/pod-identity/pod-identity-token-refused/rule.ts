import { AGENT_AUDIENCE, agentTokens, type AgentTokenFault, type JudgedAgentToken } from '../../../facts/pod/agent-token.js';
import {
  inWords,
  isBeingReplaced,
  isBeyondPodIdentity,
  mayBeReplaced,
  runningPods,
  type RunningPods,
} from '../../../facts/pod/running-pods.js';
import { AGENT_NO_TOKEN, EKS_AUTH_BAD_TOKEN } from '../../../model/report/pod-identity-errors.js';
import type { Workload } from '../../../model/inventory/workload.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

interface Told {
  readonly container: string;
  readonly pods: string;
}

const messages = {
  unset: ({ container, pods }: Told) =>
    `The container ${container} of ${pods} asks the Pod Identity agent and names no token for it: AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is not set.`,
  unmounted: ({ container, pods, file }: Told & { file: string }) =>
    `The container ${container} of ${pods} asks the Pod Identity agent with the token in ${file}, where no projected token for an audience is mounted.`,
  audience: ({ container, pods, audience }: Told & { audience: string }) =>
    `The container ${container} of ${pods} asks the Pod Identity agent with a token for the audience ${audience}: EKS takes ${AGENT_AUDIENCE} alone.`,
} satisfies Messages;

function messageOf(fault: AgentTokenFault, { container, audience }: JudgedAgentToken, workload: Workload): Raised['message'] {
  const told = { container: container.name, pods: inWords(workload) };
  switch (fault) {
    case 'not set':
      return messages.unset(told);
    case 'not mounted':
      return messages.unmounted({ ...told, file: container.authorizationTokenFile ?? '' });
    case 'audience':
      return messages.audience({ ...told, audience: audience ?? '' });
  }
}

/** What an SDK says of a file that is not there, each says differently. */
const ERRORS: Readonly<Record<AgentTokenFault, string | null>> = {
  'not set': AGENT_NO_TOKEN,
  'not mounted': null,
  'audience': EKS_AUTH_BAD_TOKEN,
};

const refusedIn = (workload: Workload): readonly JudgedAgentToken[] => agentTokens(workload).filter(({ state }) => state === 'refused');

function evaluate(running: RunningPods): readonly Raised[] {
  const { of, workload } = running;
  const refused = refusedIn(workload);
  const [first] = refused;
  if (first?.fault == null || !of.associated || isBeyondPodIdentity(workload)) return [];
  if (isBeingReplaced(running, (one) => refusedIn(one).length === 0)) return [];
  const { container, fault, isGuessed } = first;
  const both = 'AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';
  const own = `set AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE to a projected service account token for the audience ${AGENT_AUDIENCE}`;
  return [
    {
      message: messageOf(fault, first, workload),
      error: ERRORS[fault],
      ...(isGuessed ? { confidence: 'likely' } : {}),
      // Something else in the pod may write the file: which other volumes it has is not read.
      ...(fault === 'not mounted' ? { severity: 'medium' } : {}),
      evidence: refused.map((one) => ({
        what: `token for the agent of the container ${one.container.name}`,
        path: null,
        found: one.audience ?? one.container.authorizationTokenFile ?? null,
        expected: AGENT_AUDIENCE,
      })),
      related: [{ type: 'service-account', id: of.id, why: 'they run as it' }],
      issuer: of.cluster.url,
      unless: mayBeReplaced(of.cluster.cluster, workload),
      fix: {
        summary: workload.skipsWebhook
          ? `In the manifest of the container ${container.name} ${own}, or take its variables out and the label that keeps the webhook away.`
          : `Take ${both} out of the manifest of the container ${container.name}: the webhook gives both, with the token, to containers that set neither. Or ${own}.`,
      },
    } satisfies Raised,
  ];
}

/** Pods ask the agent of EKS Pod Identity with a token that gets them nothing. */
export const podIdentityTokenRefused = defineRule({
  id: 'pod-identity-token-refused',
  cause: 'podid-token-refused',
  since: '0.2.0',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'pod',
  needs: ['service-accounts', 'workloads', 'pod-identity-associations', 'clusters'],
  uses: ['namespaces'],
  looksAt: ['roles'],
  title: 'Token for Pod Identity refused',
  why: `The agent passes on to EKS the token that a container sends it, and EKS takes tokens for ${AGENT_AUDIENCE} alone. The webhook leaves a container alone that sets one of the two variables itself, and gives it no other token file.`,
  errorForm: `${EKS_AUTH_BAD_TOKEN}; ${AGENT_NO_TOKEN}`,
  references: [
    'EKS/pod-id-how-it-works.html',
    'https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html',
    'https://github.com/aws/amazon-eks-pod-identity-webhook',
  ],
  subjects: runningPods,
  evaluate,
});
