import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { IssuingHas } from '../../../facts/account/facts.js';
import { isUninjected, mayBeReplaced, podRelated, runningPods, type RunningPods } from '../../../facts/pod/running-pods.js';
import { clusterSubject, issuingClustersIn } from '../../../facts/account/subjects.js';
import { looksAtPods, podIdentityWebhooks, selectorsInWords } from '../../../facts/pod/webhook-of-pods.js';
import { podsGiven, webhookOf } from '../../../model/contract/about.js';
import { seen } from '../../../model/inventory/observed.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Entry, type Messages, type Raised } from '../../contract/define-rule.js';

interface Uninjected {
  readonly cluster: IssuingHas<'webhooks' | 'workloads' | 'namespaces'>;
  readonly pods: readonly RunningPods[];
}

const messages = {
  missing: ({ cluster, pods }: { cluster: string; pods: string }) => `The cluster ${cluster} has no pod identity webhook: ${pods} no role.`,
  keptOut: ({ cluster, pods, selectors, namespace }: { cluster: string; pods: string; selectors: string; namespace: string }) =>
    `The pod identity webhook of cluster ${cluster} leaves out pods such as those of namespace ${namespace} (${selectors}): ${pods} no role.`,
  noBundle: ({ configuration, cluster, pods }: { configuration: string; cluster: string; pods: string }) =>
    `The pod identity webhook ${configuration} of cluster ${cluster} has no CA bundle, so the API server does not reach it: ${pods} no role.`,
} satisfies Messages;

/** What keeps pods from the webhook, and how that is mended. */
type Fault = 'missing' | 'no CA bundle' | 'selectors';

const AGAIN =
  'Apply its MutatingWebhookConfiguration again. Where EKS runs the webhook: pod-identity-webhook with url https://127.0.0.1:23443/mutate and the CA of the cluster, failure policy Ignore, for pods being created (AWS re:Post, "troubleshoot IRSA errors", has the manifest). Where you run it yourself: its own manifest. Then restart the pods.';

const LET_IN =
  'Label the namespace as the selector of the webhook asks, or change the selector, if these pods are to have the role; and restart them then. A restart before that changes nothing.';

const EXPECTED: Readonly<Record<Fault, string>> = {
  'missing': 'pod-identity-webhook',
  'no CA bundle': 'a CA bundle',
  'selectors': 'a selector that takes in these pods',
};

function messageOf(
  fault: Fault,
  { cluster, pods: [first] }: Uninjected,
  without: { readonly cluster: string; readonly pods: string },
): Raised['message'] {
  const [own] = podIdentityWebhooks(cluster.cluster);
  if (fault === 'missing' || own === undefined || first === undefined) return messages.missing(without);
  if (fault === 'no CA bundle') return messages.noBundle({ ...without, configuration: own.configuration });
  return messages.keptOut({
    ...without,
    selectors: selectorsInWords(cluster.cluster, first.workload),
    namespace: first.workload.namespace,
  });
}

function evaluate(of: Uninjected, facts: NamesOfClusters): readonly Raised[] {
  const { cluster } = of;
  const own = podIdentityWebhooks(cluster.cluster);
  const pods = of.pods.filter(({ workload }) => looksAtPods(cluster.cluster, workload) === 'no');
  if (pods.length === 0) return [];
  const fault: Fault = own.length === 0 ? 'missing' : own.some(({ hasCaBundle }) => hasCaBundle) ? 'selectors' : 'no CA bundle';
  const count = pods.reduce((sum, { workload }) => sum + workload.pods, 0);
  const without = {
    cluster: clusterInWords(cluster.cluster, facts),
    pods:
      count === 1
        ? 'one pod of an annotated or associated service account has'
        : `${count} pods of annotated or associated service accounts have`,
  };
  const accounts = [...new Set(pods.map(({ of: { id } }) => id))];
  return [
    {
      message: messageOf(fault, { cluster, pods }, without),
      evidence: [
        {
          what: 'mutating webhooks that look at pods',
          path: null,
          found: seen(cluster.cluster.webhooks).map(({ configuration, name }) => `${configuration}/${name}`),
          expected: EXPECTED[fault],
        },
      ],
      related: pods.map(({ workload }) => ({ ...podRelated(cluster.cluster, workload), why: 'was made without its role' })),
      issuer: cluster.url,
      // What leaves out some pods is not what others lack.
      about: fault === 'selectors' ? accounts.map((id) => podsGiven(cluster.cluster.region, id)) : [webhookOf(cluster.cluster)],
      fix: { summary: fault === 'selectors' ? LET_IN : AGAIN },
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
  title: 'Pod identity webhook not reached',
  why: 'A mutating webhook puts role and token into pods while they are made. Its failure policy is Ignore: where it is gone or cannot be trusted, or its selectors leave pods out, these are made without, and nobody is told.',
  error: NO_CREDENTIALS,
  references: [
    'https://github.com/aws/amazon-eks-pod-identity-webhook',
    'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors',
    'EKS/pod-configuration.html',
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
