import { containersByHand } from '../../../facts/pod/role-by-hand.js';
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
  podsWithoutRole,
  runningPods,
  type RunningPods,
} from '../../../facts/pod/running-pods.js';
import type { Has } from '../../../facts/account/facts.js';
import { podsGiven } from '../../../model/contract/about.js';
import { seen } from '../../../model/inventory/observed.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import type { ContainerIdentity, Workload } from '../../../model/inventory/workload.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

type Of = RunningPods['of'];

/** The two variables of which a container has to have both: those of EKS Pod Identity where an association gives the role. */
const pairOf = ({ associated }: Pick<Of, 'associated'>): readonly string[] => (associated ? AGENT_PAIR : PAIR);

/** With an association the webhook gives its two variables beside half of the others; of its own, the address alone is told as a token that is refused. */
const halfSet = (workload: Workload, { associated }: Of): readonly ContainerIdentity[] =>
  injectedContainers(workload).filter((one) => (associated ? hasAgentTokenAlone(one) && !hasPair(one) : ofPair(one).length === 1));

/** What an SDK may find the rest of its credentials by, in the place of a token. */
const OTHER_WAYS = [
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_ACCESS_KEY_ID',
];

/**
 * The containers of pods whose service account has no role that name one by themselves, and bring no token: where it is one for pods of
 * their cluster that is no setting of the program alone.
 */
function namingAlone(workload: Workload, { cluster: { url } }: Of, facts: Has<'roles'>): readonly ContainerIdentity[] {
  const isForPods = (arn: string): boolean => facts.role(arn)?.statements.some(({ issuers }) => issuers.includes(url)) === true;
  return workload.containers.filter(
    (one) =>
      one.roleArn !== null &&
      ofPair(one).length === 1 &&
      one.hasEnvFrom !== true &&
      !one.variables.some((name) => OTHER_WAYS.includes(name)) &&
      isForPods(one.roleArn),
  );
}

const setIn = ({ variables }: ContainerIdentity, of: Of): readonly string[] => pairOf(of).filter((name) => variables.includes(name));

const messages = {
  perhaps: ({ container, pods, set, missing }: { container: string; pods: string; set: string; missing: string }) =>
    `The container ${container} of ${pods} sets ${set} itself, so the webhook did not give it ${missing}: unless what it takes by envFrom does, it has half of what it needs.`,
  alone: ({ container, pods, role, account }: { container: string; pods: string; role: string; account: string }) =>
    `The container ${container} of ${pods} sets AWS_ROLE_ARN to ${role}, and has no token for it: its service account ${account} has no role, so the webhook gives none.`,
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

/** What to do with pods that name a role alone, of which another service account beside theirs may have it. */
function adviceAlone({ of, workload }: RunningPods, role: string): string {
  const { cluster, serviceAccount } = of;
  const holder = seen(cluster.cluster.serviceAccounts).find(
    ({ namespace, annotations }) => namespace === serviceAccount.namespace && annotations[ROLE_ANNOTATION] === role,
  );
  const manifest = `the manifest of ${workload.owner.kind} ${workload.owner.name}`;
  return holder === undefined
    ? `If the pods are meant to have ${role}, annotate the service account ${serviceAccount.name} with it, and take AWS_ROLE_ARN out of ${manifest}.`
    : `Let the pods run as the service account ${holder.name}, which has ${role} (serviceAccountName), and take AWS_ROLE_ARN out of ${manifest}.`;
}

function evaluateBare(running: RunningPods, facts: Has<'roles'>): readonly Raised[] {
  const { of, workload } = running;
  const naming = namingAlone(workload, of, facts);
  const [first] = naming;
  if (first?.roleArn == null || isBeingReplaced(running, (sibling) => namingAlone(sibling, of, facts).length === 0)) return [];
  return [
    {
      message: messages.alone({ container: first.name, pods: inWords(workload), role: first.roleArn, account: of.id }),
      // The program may assume it by itself, with the credentials of the node.
      severity: 'medium',
      confidence: 'likely',
      evidence: naming.map((container) => ({
        what: `variables of the container ${container.name}`,
        path: null,
        found: ofPair(container),
        expected: PAIR,
      })),
      related: [{ type: 'service-account', id: of.id, why: 'has no role' }],
      issuer: of.cluster.url,
      about: [podsGiven(of.cluster.cluster.region, of.id)],
      unless: mayBeReplaced(of.cluster.cluster, workload),
      fix: { summary: adviceAlone(running, first.roleArn) },
    } satisfies Raised,
  ];
}

function evaluate(running: RunningPods, facts: Has<'roles'>): readonly Raised[] {
  const { of, workload } = running;
  if (!of.associated && (of.serviceAccount.annotations[ROLE_ANNOTATION] ?? '') === '') return evaluateBare(running, facts);
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
  subjects: (facts, scope) => [...runningPods(facts, scope), ...podsWithoutRole(facts, scope)],
  evaluate,
});
