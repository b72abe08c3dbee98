import type { Has } from '../../facts/facts.js';
import { audienceOf, roleTakes } from '../../facts/new-pods.js';
import { hasWebIdentity, podsOf } from '../../facts/pods-of.js';
import type { RunningPods } from '../../facts/running-pods.js';
import { annotationPatch, serviceAccountsIn, type LiveServiceAccount } from '../../facts/service-accounts.js';
import { ROLE_ANNOTATION } from '../../model/annotations.js';
import { unanswered } from '../../model/observed.js';
import { defineRule, noProvider, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../define-rule.js';

/** What STS says to pods that go by the annotation; null where it lets them in, or that cannot be told. */
function refusal(arn: string, of: LiveServiceAccount, facts: Has<'roles' | 'providers'>): string | null {
  if (facts.role(arn) === null) return null;
  if (facts.inventory.providers.known && facts.providerOf(of.cluster.url) === null) return noProvider(of.cluster.issuer);
  return roleTakes(arn, audienceOf(of), of, facts) === false ? STS_NOT_AUTHORIZED : null;
}

const messages = {
  both: ({ account, annotated, associated }: { account: string; annotated: string; associated: string }) =>
    `${account} is annotated with ${annotated} and associated with ${associated}: new pods get the association, and the annotation does nothing.`,
  refused: ({ account, annotated, associated }: { account: string; annotated: string; associated: string }) =>
    `${account} is annotated with ${annotated} and associated with ${associated}: its running pods still go by the annotation, by which they are refused, and new ones will go by the association.`,
  oldPods: ({ account, annotated, associated }: { account: string; annotated: string; associated: string }) =>
    `${account} is annotated with ${annotated} and associated with ${associated}: its running pods still go by the annotation, and new ones will go by the association.`,
} satisfies Messages;

/** Whether pods may still go by the annotation and have another role by it, or none, for all that was read. */
function mayBeWorse(of: RunningPods['of'], facts: Has<'roles' | 'providers'>): boolean {
  const { roles, providers } = facts.inventory;
  const { workloads } = of.cluster.cluster;
  const annotated = of.account.annotations[ROLE_ANNOTATION] ?? '';
  const old = (podsOf(of) ?? []).some(hasWebIdentity);
  const associated = of.association?.roleArn ?? null;
  if (!old && unanswered(workloads) === null) return false;
  return associated !== annotated || !roles.known || !providers.known || refusal(annotated, of, facts) !== null;
}

function evaluate(of: RunningPods['of'], facts: Has<'roles' | 'providers'>): readonly Raised[] {
  const { account, association, cluster } = of;
  const annotated = account.annotations[ROLE_ANNOTATION] ?? '';
  if (annotated === '' || association === null) return [];
  const old = (podsOf(of) ?? []).filter(hasWebIdentity);
  const differ = association.roleArn !== null && association.roleArn !== annotated;
  const error = old.length > 0 ? refusal(annotated, of, facts) : null;
  return [
    {
      message: messages[error !== null ? 'refused' : old.length > 0 ? 'oldPods' : 'both']({
        account: of.id,
        annotated,
        associated: association.roleArn ?? 'a role that was not read',
      }),
      ...(error !== null || (old.length > 0 && differ) ? { severity: 'high' } : mayBeWorse(of, facts) ? { severity: 'medium' } : {}),
      error,
      evidence: [
        { what: `annotation ${ROLE_ANNOTATION}`, path: null, found: annotated, expected: null },
        { what: 'role of the association', path: null, found: association.roleArn, expected: null },
      ],
      related: old.map(({ namespace, owner }) => ({
        type: 'pod',
        id: `${cluster.cluster.name}/${namespace}/${owner.name}`,
        why: 'still has the variables of the annotation',
      })),
      issuer: cluster.url,
      fix: {
        summary:
          'Take the annotation away, in the chart or manifest that the service account belongs to, and restart its pods; or remove the association, if the annotation is meant.',
        patches: [annotationPatch(of, ROLE_ANNOTATION, null)],
      },
    } satisfies Raised,
  ];
}

/** A service account has both a role annotation and a Pod Identity association. */
export const podIdentityAndIrsa = defineRule({
  id: 'pod-identity-and-irsa',
  cause: 'podid-and-irsa-conflict',
  kind: 'hygiene',
  severity: 'low',
  confidence: 'certain',
  scope: 'cluster',
  link: 'annotation',
  needs: ['service-accounts', 'pod-identity-associations', 'clusters'],
  uses: ['namespaces'],
  looksAt: ['roles', 'providers', 'workloads'],
  title: 'The service account has a role annotation and a Pod Identity association',
  why: 'For pods that are made now the association wins: the webhook gives them its variables alone. Pods that are older than it keep the variables of the annotation, which SDKs look at first.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html',
    'https://github.com/aws/amazon-eks-pod-identity-webhook/issues/264',
  ],
  subjects: (facts, scope) => serviceAccountsIn(facts, scope).filter(({ of }) => of.associated),
  evaluate,
});
