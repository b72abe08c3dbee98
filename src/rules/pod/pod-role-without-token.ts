import { containersByHand } from '../../facts/pod/role-by-hand.js';
import {
  AGENT_PAIR,
  hasAgentTokenAlone,
  hasPair,
  injectedContainers,
  inWords,
  isBeingReplaced,
  isBeyondPodIdentity,
  mayBeReplaced,
  ofPair,
  PAIR,
  runningPods,
  type RunningPods,
} from '../../facts/pod/running-pods.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { ContainerIdentity, Workload } from '../../model/inventory/workload.js';
import { NO_CREDENTIALS } from '../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../contract/define-rule.js';

type Of = RunningPods['of'];

/** The two variables of which a container has to have both: those of EKS Pod Identity where an association gives the role. */
const pairOf = ({ associated }: Pick<Of, 'associated'>): readonly string[] => (associated ? AGENT_PAIR : PAIR);

/** With an association the webhook gives its two variables beside half of the others; of its own, the address alone is told as a token that is refused. */
const halfSet = (workload: Workload, { associated }: Of): readonly ContainerIdentity[] =>
  injectedContainers(workload).filter((one) => (associated ? hasAgentTokenAlone(one) && !hasPair(one) : ofPair(one).length === 1));

const setIn = ({ variables }: ContainerIdentity, of: Of): readonly string[] => pairOf(of).filter((name) => variables.includes(name));

const messages = {
  perhaps: ({ container, pods, set, missing }: { container: string; pods: string; set: string; missing: string }) =>
    `The container ${container} of ${pods} sets ${set} itself, so the webhook did not give it ${missing}: unless what it takes by envFrom does, it has half of what it needs.`,
  half: ({ container, pods, set, missing }: { container: string; pods: string; set: string; missing: string }) =>
    `The container ${container} of ${pods} sets ${set} itself, so the webhook did not give it ${missing}: it has half of what it needs.`,
} satisfies Messages;

/** What a container is to do that has half: the webhook gives the role of the service account, which may not be the one that is meant. */
function adviceOf({ of, workload }: RunningPods, half: ContainerIdentity, variables: string): string {
  const { owner, skipsWebhook } = workload;
  const manifest = `the manifest of ${owner.kind} ${owner.name}`;
  // What the label keeps the webhook from, it does not set for taking a variable out.
  if (skipsWebhook)
    return `Set both in ${manifest} and mount a token for them, or take out ${variables} and the label that keeps the webhook away.`;
  const out = `Take ${variables} out of ${manifest}: the webhook then sets both`;
  if (of.associated) return `${out}, in pods that are made from then on. A restart alone changes nothing.`;
  const annotated = of.serviceAccount.annotations[ROLE_ANNOTATION] ?? '';
  const [hand] = containersByHand(workload, { annotated });
  if (hand !== undefined && hand.roleArn !== annotated)
    return `If the container ${half.name} is to have the role of the container ${hand.name}, ${hand.roleArn}, set both variables in ${manifest} as that one does, with its mount of the token. Without ${variables} the webhook gives it ${annotated}.`;
  return half.roleArn === null || half.roleArn === annotated
    ? `${out}.`
    : `If the container ${half.name} is to have the role of its service account, ${annotated}, take ${variables} out of ${manifest}: the webhook then sets both. If it is to have ${half.roleArn}, mount a service account token for it, and set AWS_WEB_IDENTITY_TOKEN_FILE too.`;
}

function evaluate(running: RunningPods): readonly Raised[] {
  const { of, workload } = running;
  const halves = halfSet(workload, of);
  const [first] = halves;
  if (first === undefined || isBeingReplaced(running, (sibling) => halfSet(sibling, of).length === 0)) return [];
  if (of.associated && isBeyondPodIdentity(workload)) return [];
  const [set = ''] = setIn(first, of);
  // The other half may come from a ConfigMap, which the webhook does not look at and nobody reads here.
  const mayBeWhole = halves.every(({ hasEnvFrom }) => hasEnvFrom === true);
  const variables = [...new Set(halves.flatMap((one) => setIn(one, of)))].join(' and ');
  const role = of.association?.roleArn ?? of.serviceAccount.annotations[ROLE_ANNOTATION] ?? 'its role';
  return [
    {
      message: messages[mayBeWhole ? 'perhaps' : 'half']({
        container: first.name,
        pods: inWords(workload),
        set,
        missing: pairOf(of).find((name) => name !== set) ?? '',
      }),
      ...(mayBeWhole ? { severity: 'medium', confidence: 'possible' } : {}),
      evidence: halves.map((container) => ({
        what: `variables of the container ${container.name}`,
        path: null,
        found: setIn(container, of),
        expected: pairOf(of),
      })),
      related: [{ type: 'service-account', id: of.id, why: `${role} does not reach them` }],
      issuer: of.cluster.url,
      unless: mayBeReplaced(of.cluster.cluster, workload),
      fix: { summary: adviceOf(running, first, variables) },
    } satisfies Raised,
  ];
}

/** A container sets one of two variables by hand that belong together: the webhook adds neither. */
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
  title: 'Credential variables half set',
  why: 'The webhook leaves a container alone that has AWS_ROLE_ARN or AWS_WEB_IDENTITY_TOKEN_FILE already. Who sets one of them by hand is not given the other, and SDKs ignore half a pair: they assume the role of the node, or nothing. The same holds of AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE where an association gives the role. A restart changes nothing: new pods have what their template sets.',
  error: NO_CREDENTIALS,
  references: ['https://github.com/aws/amazon-eks-pod-identity-webhook', 'EKS/pod-configuration.html'],
  subjects: runningPods,
  evaluate,
});
