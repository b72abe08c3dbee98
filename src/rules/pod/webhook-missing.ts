import { clusterInWords, type NamesOfClusters } from '../../facts/cluster-in-words.js';
import type { IssuingHas } from '../../facts/facts.js';
import { isUninjected, mayBeReplaced, podSubject, runningPods, type RunningPods } from '../../facts/running-pods.js';
import { clusterSubject, issuingClustersIn } from '../../facts/subject-of.js';
import { webhookOf } from '../../model/about.js';
import { seen } from '../../model/observed.js';
import { NO_CREDENTIALS } from '../../model/sdk-errors.js';
import { defineRule, type Entry, type Messages, type Raised } from '../define-rule.js';

/** As AWS's manifest calls configuration and webhook; charts of others keep one of the two. */
const OF_POD_IDENTITY = /pod-identity-webhook|iam-for-pods/;

interface Uninjected {
  readonly cluster: IssuingHas<'webhooks' | 'workloads'>;
  readonly pods: readonly RunningPods[];
}

const messages = {
  missing: ({ cluster, pods }: { cluster: string; pods: string }) => `The cluster ${cluster} has no pod identity webhook: ${pods} no role.`,
  noBundle: ({ configuration, cluster, pods }: { configuration: string; cluster: string; pods: string }) =>
    `The pod identity webhook ${configuration} of cluster ${cluster} has no CA bundle, so the API server does not reach it: ${pods} no role.`,
} satisfies Messages;

function evaluate({ cluster, pods }: Uninjected, facts: NamesOfClusters): readonly Raised[] {
  const own = seen(cluster.cluster.webhooks).filter(
    ({ configuration, name }) => OF_POD_IDENTITY.test(configuration) || OF_POD_IDENTITY.test(name),
  );
  if (pods.length === 0 || own.some(({ hasCaBundle }) => hasCaBundle)) return [];
  const [first] = own;
  const count = pods.reduce((sum, { workload }) => sum + workload.pods, 0);
  const without = {
    cluster: clusterInWords(cluster.cluster, facts),
    pods:
      count === 1
        ? 'one pod of an annotated or associated service account has'
        : `${count} pods of annotated or associated service accounts have`,
  };
  return [
    {
      message: first === undefined ? messages.missing(without) : messages.noBundle({ ...without, configuration: first.configuration }),
      evidence: [
        {
          what: 'mutating webhooks that look at pods',
          path: null,
          found: seen(cluster.cluster.webhooks).map(({ configuration, name }) => `${configuration}/${name}`),
          expected: first === undefined ? 'pod-identity-webhook' : 'a CA bundle',
        },
      ],
      related: pods.map(({ workload }) => {
        const { type, id } = podSubject(cluster.cluster, workload);
        return { type, id, why: 'was made without its role' };
      }),
      issuer: cluster.url,
      about: [webhookOf(cluster.cluster)],
      fix: {
        summary:
          'Create its MutatingWebhookConfiguration again. Where EKS runs the webhook: pod-identity-webhook with url https://127.0.0.1:23443/mutate and the CA of the cluster, failure policy Ignore, for pods being created (AWS re:Post, "troubleshoot IRSA errors", has the manifest). Where you run it yourself: its own manifest. Then restart the pods.',
      },
    },
  ];
}

/** A cluster has no webhook that would give pods their role, and pods went without. */
export const webhookMissing = defineRule({
  id: 'webhook-missing',
  cause: 'pod-not-injected',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'webhook',
  needs: ['webhooks', 'service-accounts', 'workloads', 'clusters'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['roles'],
  title: 'Pod identity webhook missing',
  why: 'A mutating webhook puts role and token into pods while they are made. Its failure policy is Ignore: where it is gone or cannot be trusted, pods are made without, and nobody is told.',
  error: NO_CREDENTIALS,
  references: [
    'https://github.com/aws/amazon-eks-pod-identity-webhook',
    'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors',
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html',
  ],
  subjects: (facts, scope) =>
    issuingClustersIn(facts, scope).map((cluster): Entry<Uninjected> => {
      const without = runningPods(facts, scope)
        .filter(({ of }) => isUninjected(of))
        .map(({ of, unless }) => ({ of, unless: unless ?? mayBeReplaced(cluster.cluster, of.workload) }));
      const certain = without.filter(({ unless }) => unless === null);
      const [first] = without;
      return {
        subject: clusterSubject(cluster.cluster),
        of: { cluster, pods: (certain.length > 0 ? certain : without).map(({ of }) => of) },
        unless: certain.length > 0 ? null : (first?.unless ?? null),
      };
    }),
  evaluate,
});
