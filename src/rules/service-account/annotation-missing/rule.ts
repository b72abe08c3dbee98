import { namedServiceAccounts } from '../../../facts/trust/named-accounts.js';
import { serviceAccountKey } from '../../../facts/account/service-account-key.js';
import { podsOf } from '../../../facts/pod/pods-of.js';
import { serviceAccountsOnAnnotations, annotationPatch } from '../../../facts/account/service-accounts.js';
import { hasOthers, weightWithoutRole } from '../../../facts/pod/missing-role-weight.js';
import { holderOf, podsGiven, roleAnnotation } from '../../../model/contract/about.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  missing: ({ account, roles }: { account: string; roles: string }) =>
    `The service account ${account} has no annotation eks.amazonaws.com/role-arn, though the trust policy of ${roles} names it.`,
  idle: ({ account, roles }: { account: string; roles: string }) =>
    `The service account ${account} has no annotation eks.amazonaws.com/role-arn, which its pods would need. No pod runs as it, and what asks for its tokens itself needs none: the trust policy of ${roles} names it.`,
  unread: ({ account, roles }: { account: string; roles: string }) =>
    `The service account ${account} has no annotation eks.amazonaws.com/role-arn, which its pods would need. Whether there are any was not read, and what asks for its tokens itself needs none: the trust policy of ${roles} names it.`,
} satisfies Messages;

/** Of a service account that no pod is known to run as. */
const forIdle = (arn: string): string =>
  `If pods are to run as it, annotate the service account with ${arn}, and restart them. What asks for its tokens by TokenRequest, as cert-manager, External Secrets, Crossplane and KEDA do, needs no annotation.`;

/** A service account that a trust policy names has no annotation. */
export const annotationMissing = defineRule({
  id: 'annotation-missing',
  cause: 'sa-annotation-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'cluster',
  link: 'annotation',
  needs: ['roles', 'service-accounts', 'clusters'],
  uses: ['pod-identity-associations', 'workloads', 'namespaces'],
  looksAt: ['addons'],
  title: 'Role annotation missing',
  why: 'The webhook gives pods a role and a token only where their service account has eks.amazonaws.com/role-arn. Without it they fall back to the role of the node, or have none.',
  error: NO_CREDENTIALS,
  references: ['EKS/associate-service-account-role.html', 'https://github.com/aws/amazon-eks-pod-identity-webhook'],
  subjects: (facts, scope) => serviceAccountsOnAnnotations(facts, scope),
  evaluate: (of, facts) => {
    const { serviceAccount, cluster, id } = of;
    if (serviceAccount.annotations[ROLE_ANNOTATION] !== undefined) return [];
    const weighed = weightWithoutRole(of, facts);
    if (weighed === null) return [];
    const named = namedServiceAccounts(cluster, facts).get(serviceAccountKey(serviceAccount.namespace, serviceAccount.name)) ?? [];
    const free = named.filter(({ role }) => !hasOthers(role));
    const [first] = free.length > 0 ? free : named;
    if (first === undefined) return [];
    const { arn } = first.role.role;
    const alone = named.length === 1 || free.length === 1;
    const pods = podsOf(of);
    const told = pods === null ? 'unread' : pods.length === 0 ? 'idle' : 'missing';
    return [
      {
        message: messages[told]({ account: id, roles: named.map(({ role }) => role.role.name).join(' and ') }),
        ...weighed,
        ...(told === 'missing' ? {} : { error: null }),
        evidence: [{ what: `annotation ${ROLE_ANNOTATION}`, path: null, found: null, expected: alone ? arn : null }],
        related: named.map(({ role }) => ({ type: 'role', id: role.role.arn, why: 'names the service account in its trust policy' })),
        issuer: cluster.url,
        about: [roleAnnotation, podsGiven(cluster.cluster.region, id), holderOf(arn)],
        fix:
          told !== 'missing'
            ? { summary: forIdle(alone ? arn : 'the one role that it is meant to have') }
            : alone
              ? {
                  summary: `Annotate the service account with ${arn}, in the chart or manifest that it belongs to, and restart its pods.`,
                  patches: [annotationPatch(of, ROLE_ANNOTATION, arn)],
                }
              : { summary: 'Annotate the service account with the one role that it is meant to have, and restart its pods.' },
      } satisfies Raised,
    ];
  },
});
