import type { Has } from '../../../facts/account/facts.js';
import { remake } from '../../../facts/pod/new-pods.js';
import { inWords, isUninjected, mayBeReplaced, runningPods, skippedContainers, type RunningPods } from '../../../facts/pod/running-pods.js';
import { listed } from '../../../lib/list-in-words.js';
import type { Live } from '../../../facts/account/service-accounts.js';
import { agentOf, podsGiven, webhookOf } from '../../../model/contract/about.js';
import { ROLE_ANNOTATION, SKIP_CONTAINERS_ANNOTATION } from '../../../model/inventory/annotations.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

/** What is read of a cluster with pods, and of the webhook that gives them their role. */
type Read = ClusterHas<Live | 'workloads' | 'webhooks'>;

const messages = {
  annotated: ({ pods, account }: { pods: string; account: string }) =>
    `No container of ${pods} got the role of its service account ${account}: they are older than its annotation, or were made without the webhook.`,
  associated: ({ pods, account }: { pods: string; account: string }) =>
    `No container of ${pods} got credentials by the Pod Identity association of ${account}: they are older than it, or were made without the webhook.`,
  skipped: ({ pods, account, containers }: { pods: string; account: string; containers: string }) =>
    `No container of ${pods} got the role of its service account ${account}: their annotation ${SKIP_CONTAINERS_ANNOTATION} takes ${containers} out of the hands of the webhook, and the others have none either.`,
} satisfies Messages;

/** What pods are told that leave containers out: a restart changes nothing of that. */
function ofSkipped(containers: string): Pick<Raised, 'confidence' | 'fix'> {
  return {
    confidence: 'likely',
    fix: {
      summary: `Take ${containers} out of the annotation ${SKIP_CONTAINERS_ANNOTATION} of the pod template, if it is to have the role, and let the pods be recreated.`,
    },
  };
}

function evaluate(running: RunningPods<Read>, facts: Has<'roles' | 'providers'>): readonly Raised[] {
  const { of, workload } = running;
  const { serviceAccount, associated, cluster, id } = of;
  if (!isUninjected(running)) return [];
  const skipped = listed(skippedContainers(workload).map(({ name }) => name));
  const named = { pods: inWords(workload), account: id };
  return [
    {
      message:
        skipped === '' ? messages[associated ? 'associated' : 'annotated'](named) : messages.skipped({ ...named, containers: skipped }),
      evidence: [
        {
          what: `AWS variables of the pods of ${workload.owner.kind} ${workload.owner.name}`,
          path: null,
          found: workload.containers.flatMap(({ variables }) => variables),
          expected: associated ? 'AWS_CONTAINER_CREDENTIALS_FULL_URI' : `AWS_ROLE_ARN=${serviceAccount.annotations[ROLE_ANNOTATION] ?? ''}`,
        },
      ],
      related: [{ type: 'service-account', id, why: 'they run as it' }],
      issuer: cluster.url,
      about: [podsGiven(cluster.cluster.region, id), webhookOf(cluster.cluster), ...(associated ? [agentOf(cluster.cluster)] : [])],
      unless: mayBeReplaced(cluster.cluster, workload),
      ...(skipped === ''
        ? { fix: remake(running, 'the webhook gives the role to pods that are made from now on', facts) }
        : ofSkipped(skipped)),
    },
  ];
}

/** Pods of a service account that has a role were made without it. */
export const podNotInjected = defineRule({
  id: 'pod-not-injected',
  cause: 'pod-not-injected',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'pod',
  needs: ['service-accounts', 'workloads', 'clusters'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['roles', 'providers', 'webhooks'],
  title: 'Pods created without their role',
  why: 'The webhook looks at pods while they are made, and at no other time. Pods that are older than the annotation or association, or that were made while the webhook gave no answer, have no role; their SDKs take that of the node, or none.',
  error: NO_CREDENTIALS,
  references: ['EKS/pod-configuration.html', 'https://github.com/aws/amazon-eks-pod-identity-webhook'],
  subjects: (facts, scope) => runningPods(facts, scope),
  evaluate,
});
