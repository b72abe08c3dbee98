import { meantRole } from '../../../facts/service-account/likely-role.js';
import { podsOf } from '../../../facts/pod/pods-of.js';
import { podRelated } from '../../../facts/pod/running-pods.js';
import { serviceAccountsOnAnnotations, annotationPatch } from '../../../facts/account/service-accounts.js';
import { roleAnnotation } from '../../../model/contract/about.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import { whole } from '../../../model/inventory/observed.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  misplaced: ({ account }: { account: string }) =>
    `Pods of the service account ${account} have eks.amazonaws.com/role-arn, and it does not: nothing reads it there.`,
} satisfies Messages;

/** Pods have the annotation that belongs on their service account. */
export const annotationMisplaced = defineRule({
  id: 'annotation-misplaced',
  cause: 'sa-annotation-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'place of the annotation',
  needs: ['service-accounts', 'clusters', 'workloads'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['roles'],
  title: 'Role annotation on the pods',
  why: 'The webhook looks for eks.amazonaws.com/role-arn on the service account alone. Charts have two places for annotations, and one of them is that of the pods.',
  error: NO_CREDENTIALS,
  references: ['EKS/associate-service-account-role.html', 'https://github.com/aws/amazon-eks-pod-identity-webhook'],
  subjects: (facts, scope) => serviceAccountsOnAnnotations(facts, scope),
  evaluate: (of, facts) => {
    // Charts write out an empty one where nobody gave them a role.
    if ((of.serviceAccount.annotations[ROLE_ANNOTATION] ?? '') !== '') return [];
    const pods = (podsOf(of) ?? []).flatMap((workload) => {
      const value = workload.annotations[ROLE_ANNOTATION];
      return value === undefined ? [] : [{ value, workload }];
    });
    const values = [...new Set(pods.map(({ value }) => value))];
    const [value] = values;
    if (value === undefined) return [];
    const { cluster } = of;
    // Pods that did not arrive may use another one.
    const isOne = whole(cluster.cluster.workloads) !== null && values.length === 1;
    const arn = isOne ? (meantRole(value, of, facts)?.role.arn ?? null) : null;
    return [
      {
        message: messages.misplaced({ account: of.id }),
        evidence: pods.map(({ workload: { owner }, value: found }) => ({
          what: `annotation of the pods of ${owner.kind} ${owner.name}`,
          path: null,
          found,
          expected: null,
        })),
        related: pods.map(({ workload }) => ({
          ...podRelated(cluster.cluster, workload),
          why: 'has the annotation without effect',
        })),
        issuer: cluster.url,
        about: [roleAnnotation],
        fix:
          arn === null
            ? { summary: 'Annotate the service account with the role that it is meant to have; pods with another role need another one.' }
            : {
                summary: `Annotate the service account with ${arn}, in the chart or manifest that it belongs to, and restart its pods.`,
                patches: [annotationPatch(of, ROLE_ANNOTATION, arn)],
              },
      } satisfies Raised,
    ];
  },
});
