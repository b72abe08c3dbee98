import { namedAccounts, type NamedAccount } from '../../facts/named-accounts.js';
import { ROLE_ANNOTATION, type RoleFacts } from '../../facts/facts.js';
import { hasWebIdentity, podsOf } from '../../facts/pods-of.js';
import { accountKey, accountsOnAnnotations, annotationPatch, type LiveAccount } from '../../facts/service-accounts.js';
import type { Confidence, Severity } from '../../model/finding.js';
import { defineRule, type Raised } from '../define-rule.js';

/** Node daemons of add-ons that run on the node's role by design; charts name them in trust policies beside their controllers. */
const ON_THE_NODE_ROLE = new Set(
  ['aws-node', 'ebs-csi-node-sa', 'efs-csi-node-sa', 'fsx-csi-node-sa'].map((name) => accountKey('kube-system', name)),
);

/** Whether others have the role: then this service account may be named for later, or for no pod that calls AWS. */
const hasOthers = ({ users, associatedIn }: RoleFacts): boolean => users.length > 0 || associatedIn.length > 0;

/** How sure and how bad it is, by what is known of the service account's use; null where it is no defect. */
function weight(of: LiveAccount, named: readonly NamedAccount[]): { severity: Severity; confidence: Confidence } | null {
  const pods = podsOf(of);
  const running = pods !== null && pods.length > 0;
  // Set by hand, by the webhook of kOps from its own list, or by the webhook before somebody took the annotation away.
  if (running && pods.every(hasWebIdentity)) return null;
  if (named.every(({ role }) => hasOthers(role))) return running ? { severity: 'low', confidence: 'possible' } : null;
  if (!of.cluster.cluster.podIdentityAssociations.known) return { severity: 'medium', confidence: 'possible' };
  return { severity: pods === null || running ? 'high' : 'medium', confidence: 'likely' };
}

/** A service account that a trust policy names has no annotation. */
export const annotationMissing = defineRule<LiveAccount>({
  id: 'annotation-missing',
  cause: 'sa-annotation-missing',
  since: '0.1.0',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'cluster',
  needs: ['roles', 'service-accounts', 'clusters'],
  uses: ['pod-identity-associations', 'workloads'],
  title: 'The service account is not annotated with the role that is for it',
  why: 'The webhook gives pods a role and a token only where their service account carries eks.amazonaws.com/role-arn. Without it they fall back to the role of the node, or have none.',
  error: 'Unable to locate credentials',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
    'https://github.com/aws/amazon-eks-pod-identity-webhook',
  ],
  messages: {
    missing: 'The service account {account} has no annotation eks.amazonaws.com/role-arn, though the trust policy of {roles} names it.',
  },
  subjects: accountsOnAnnotations,
  evaluate: (of, facts) => {
    const { account, cluster, id } = of;
    if (account.annotations[ROLE_ANNOTATION] !== undefined) return [];
    const key = accountKey(account.namespace, account.name);
    const named = namedAccounts(cluster, facts).get(key) ?? [];
    const weighed = named.length === 0 || ON_THE_NODE_ROLE.has(key) ? null : weight(of, named);
    if (weighed === null) return [];
    const free = named.filter(({ role }) => !hasOthers(role));
    const [first] = free.length > 0 ? free : named;
    if (first === undefined) return [];
    const { arn } = first.role.role;
    const alone = named.length === 1 || free.length === 1;
    return [
      {
        message: 'missing',
        data: { account: id, roles: named.map(({ role }) => role.role.name).join(' and ') },
        ...weighed,
        evidence: [{ what: `annotation ${ROLE_ANNOTATION}`, path: null, found: null, expected: alone ? arn : null }],
        related: named.map(({ role }) => ({ type: 'role', id: role.role.arn, why: 'names the service account in its trust policy' })),
        issuer: cluster.url,
        role: arn,
        fix: alone
          ? {
              summary: `Annotate the service account with ${arn}, in the chart or manifest that it belongs to, and restart its pods.`,
              patches: [annotationPatch(of, ROLE_ANNOTATION, arn)],
            }
          : { summary: 'Annotate the service account with the one role that it is meant to have, and restart its pods.' },
      } satisfies Raised,
    ];
  },
});
