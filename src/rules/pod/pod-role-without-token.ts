import {
  injectedContainers,
  inWords,
  isBeingReplaced,
  mayBeReplaced,
  ofPair,
  PAIR,
  runningPods,
  type RunningPods,
} from '../../facts/running-pods.js';
import { ROLE_ANNOTATION } from '../../model/annotations.js';
import type { ContainerIdentity, Workload } from '../../model/workload.js';
import { NO_CREDENTIALS } from '../../model/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../define-rule.js';

const halfSet = (workload: Workload): readonly ContainerIdentity[] =>
  injectedContainers(workload).filter((container) => ofPair(container).length === 1);

const messages = {
  perhaps: ({ container, pods, set, missing }: { container: string; pods: string; set: string; missing: string }) =>
    `The container ${container} of ${pods} sets ${set} itself, so the webhook did not give it ${missing}: unless what it takes by envFrom does, it has half of what it needs.`,
  half: ({ container, pods, set, missing }: { container: string; pods: string; set: string; missing: string }) =>
    `The container ${container} of ${pods} sets ${set} itself, so the webhook did not give it ${missing}: it has half of what it needs.`,
} satisfies Messages;

/** What the label keeps the webhook from, it does not set for taking a variable out. */
const adviceOf = ({ owner, skipsWebhook }: Workload, variables: string): string =>
  skipsWebhook
    ? `Set both in the manifest of ${owner.kind} ${owner.name} and mount a token for them, or take out ${variables} and the label that keeps the webhook away.`
    : `Take ${variables} out of the manifest of ${owner.kind} ${owner.name}: the webhook then sets both.`;

function evaluate(running: RunningPods): readonly Raised[] {
  const { of, workload } = running;
  const halves = halfSet(workload);
  const [first] = halves;
  // With an association the webhook gives other variables, and an SDK ignores half a pair.
  if (first === undefined || of.associated || isBeingReplaced(running, (sibling) => halfSet(sibling).length === 0)) return [];
  const [set = ''] = ofPair(first);
  // The other half may come from a ConfigMap, which the webhook does not look at and nobody reads here.
  const mayBeWhole = halves.every(({ hasEnvFrom }) => hasEnvFrom === true);
  const variables = [...new Set(halves.flatMap(ofPair))].join(' and ');
  return [
    {
      message: messages[mayBeWhole ? 'perhaps' : 'half']({
        container: first.name,
        pods: inWords(workload),
        set,
        missing: PAIR.find((name) => name !== set) ?? '',
      }),
      ...(mayBeWhole ? { severity: 'medium', confidence: 'possible' } : {}),
      evidence: halves.map((container) => ({
        what: `variables of the container ${container.name}`,
        path: null,
        found: ofPair(container),
        expected: PAIR,
      })),
      related: [
        { type: 'service-account', id: of.id, why: `${of.serviceAccount.annotations[ROLE_ANNOTATION] ?? 'its role'} does not reach them` },
      ],
      issuer: of.cluster.url,
      unless: mayBeReplaced(of.cluster.cluster, workload),
      fix: { summary: adviceOf(workload, variables) },
    } satisfies Raised,
  ];
}

/** A container sets one of the two variables of web identity by hand: the webhook adds neither. */
export const podRoleWithoutToken = defineRule({
  id: 'pod-role-without-token',
  cause: 'pod-credentials-overridden',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'pod',
  needs: ['service-accounts', 'workloads', 'clusters'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['roles'],
  title: 'Web identity variables half set',
  why: 'The webhook leaves a container alone that has AWS_ROLE_ARN or AWS_WEB_IDENTITY_TOKEN_FILE already. Who sets one of them by hand is not given the other, and SDKs ignore half a pair: they assume the role of the node, or nothing.',
  error: NO_CREDENTIALS,
  references: [
    'https://github.com/aws/amazon-eks-pod-identity-webhook',
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html',
  ],
  subjects: runningPods,
  evaluate,
});
