import type { Has } from '../../facts/facts.js';
import { remake } from '../../facts/new-pods.js';
import { inWords, isUninjected, mayBeReplaced, runningPods, type RunningPods } from '../../facts/running-pods.js';
import { agentOf, podsGiven, webhookOf } from '../../model/about.js';
import { ROLE_ANNOTATION } from '../../model/annotations.js';
import { defineRule, type Messages, type Raised } from '../define-rule.js';

const messages = {
  annotated: ({ pods, account }: { pods: string; account: string }) =>
    `No container of ${pods} got the role of its service account ${account}: they are older than its annotation, or were made without the webhook.`,
  associated: ({ pods, account }: { pods: string; account: string }) =>
    `No container of ${pods} got credentials by the Pod Identity association of ${account}: they are older than it, or were made without the webhook.`,
} satisfies Messages;

function evaluate(running: RunningPods, facts: Has<'roles' | 'providers'>): readonly Raised[] {
  const { of, workload } = running;
  const { account, associated, cluster, id } = of;
  if (!isUninjected(running)) return [];
  return [
    {
      message: messages[associated ? 'associated' : 'annotated']({ pods: inWords(workload), account: id }),
      evidence: [
        {
          what: `AWS variables of the pods of ${workload.owner.kind} ${workload.owner.name}`,
          path: null,
          found: workload.containers.flatMap(({ variables }) => variables),
          expected: associated ? 'AWS_CONTAINER_CREDENTIALS_FULL_URI' : `AWS_ROLE_ARN=${account.annotations[ROLE_ANNOTATION] ?? ''}`,
        },
      ],
      related: [{ type: 'service-account', id, why: 'they run as it' }],
      issuer: cluster.url,
      about: [podsGiven(cluster.cluster.region, id), webhookOf(cluster.cluster), ...(associated ? [agentOf(cluster.cluster)] : [])],
      unless: mayBeReplaced(cluster.cluster, workload),
      fix: remake(running, 'the webhook gives the role to pods that are made from now on', facts),
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
  looksAt: ['roles', 'providers'],
  title: 'Pods were made without the role of their service account',
  why: 'The webhook looks at pods while they are made, and at no other time. Pods that are older than the annotation or association, or that were made while the webhook gave no answer, have no role; their SDKs take that of the node, or none.',
  error: 'Unable to locate credentials',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html',
    'https://github.com/aws/amazon-eks-pod-identity-webhook',
  ],
  subjects: runningPods,
  evaluate,
});
