import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import { providerFor } from '../../../model/contract/about.js';
import type { Related } from '../../../model/report/finding.js';
import { isPassing } from '../../../model/inventory/cluster-status.js';
import type { Has, IssuingHas } from '../../../facts/account/facts.js';
import { DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import { plural } from '../../../lib/plural.js';
import { nearMisses } from '../../../facts/provider/near-issuer.js';
import { isForeignRole } from '../../../facts/account/role-arn.js';
import { podsByHand } from '../../../facts/pod/role-by-hand.js';
import { podRelated } from '../../../facts/pod/running-pods.js';
import { mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { clusterSubject, issuingClustersIn, relatedUsers } from '../../../facts/account/subjects.js';
import { tokensUnread } from '../../../facts/pod-identity/unread-carriers.js';
import { providerArn } from '../../../policy/language/federated.js';
import { defineRule, noProvider, type Messages, type Raised } from '../../contract/define-rule.js';

/** Who relies on it; service accounts that nobody could list are not counted as none. */
function reliant(roles: number, serviceAccounts: number | null): string {
  if (serviceAccounts === null) return `${plural(roles, 'role relies', 'roles rely')} on it`;
  return `${plural(roles, 'role')} and ${plural(serviceAccounts, 'service account')} rely on it`;
}

const messages = {
  used: ({ cluster, roles, serviceAccounts }: { cluster: string; roles: number; serviceAccounts: number | null }) =>
    `No IAM OIDC provider has the issuer of cluster ${cluster}: none of its service accounts can assume a role (${reliant(roles, serviceAccounts)}).`,
  unused: ({ cluster }: { cluster: string }) => `No IAM OIDC provider has the issuer of cluster ${cluster}; no role names it yet.`,
  passing: ({ cluster, status }: { cluster: string; status: string }) =>
    `The cluster ${cluster} is ${status} and has no IAM OIDC provider; roles trust its issuer.`,
} satisfies Messages;

/** The provider of a cluster that is created, deleted or failed comes after it and goes before it: that is as it should be. */
function ofPassing(
  { cluster, detail: { status }, issuer, url }: IssuingHas<'clusters'>,
  facts: Has<'roles'> & NamesOfClusters,
): readonly Raised[] {
  const roles = facts.rolesTrusting(url);
  if (roles.length === 0) return [];
  return [
    {
      message: messages.passing({ cluster: clusterInWords(cluster, facts), status }),
      severity: 'info',
      error: null,
      evidence: [{ what: 'issuer of the cluster', path: null, found: issuer, expected: null }],
      related: roles.map(({ role }) => ({ type: 'role', id: role.arn, why: 'trusts this issuer' })),
      issuer: url,
      about: [providerFor(url)],
      fix: {
        summary:
          'Nothing while the cluster comes or goes. Once it is there, create its provider; once it is gone, take it out of the roles.',
      },
    },
  ];
}

/** No IAM OIDC provider has the cluster's issuer, and none was meant to. */
export const providerMissing = defineRule({
  id: 'provider-missing',
  cause: 'provider-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'provider',
  // With a provider it would be refused still: federated-provider-of-other-cluster/bad-its-own-cluster-has-no-provider.
  joins: ['federated-provider-of-other-cluster'],
  needs: ['clusters', 'providers'],
  uses: ['roles', 'pod-identity-associations'],
  looksAt: ['service-accounts', 'addons', 'workloads'],
  title: 'IAM OIDC provider missing',
  why: "STS looks for a provider whose URL is the token's issuer, in the account of the role. Without one every token of this cluster is refused, whatever the roles say.",
  errorForm: noProvider('{issuer}'),
  references: ['EKS/enable-iam-roles-for-service-accounts.html', 'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors'],
  subjects: (facts, scope) => issuingClustersIn(facts, scope).map((of) => ({ subject: clusterSubject(of.cluster), of })),
  evaluate: (target, facts) => {
    const { cluster, issuer, url } = target;
    if (facts.providerOf(url) !== null) return [];
    if (isPassing(target.detail)) return ofPassing(target, facts);
    const near = nearMisses(url, facts);
    if (near.some(({ unless }) => unless === null)) return [];
    const { account, partition } = facts.inventory;
    const roles = facts.rolesTrusting(url);
    // For a role of another account STS looks for the provider there.
    const annotated = facts
      .usersOf(cluster)
      .filter(({ serviceAccount }) => !isForeignRole(serviceAccount.annotations[ROLE_ANNOTATION] ?? '', account));
    const users = annotated.filter(({ serviceAccount }) => mayBeAssociated(cluster, serviceAccount, facts) === null);
    const related: Related[] = [
      ...roles.map(({ role }): Related => ({ type: 'role', id: role.arn, why: 'trusts this issuer' })),
      ...relatedUsers(users, 'uses a role'),
      ...podsByHand(target, facts).map((workload): Related => ({
        ...podRelated(cluster, workload),
        region: cluster.region,
        why: 'names a role itself',
      })),
    ];
    const used = related.length > 0;
    const serviceAccountsRead = cluster.serviceAccounts.known && users.length === 0;
    const associations = cluster.podIdentityAssociations.known && cluster.podIdentityAssociations.value.length > 0;
    const unread = facts.inventory.roles.known ? tokensUnread(url, facts) : facts.inventory.roles;
    const isWhole = unread === null;
    // A cluster that has its roles by Pod Identity alone needs no provider.
    if (!used && isWhole && associations) return [];
    const arn = providerArn(partition, account, url);
    return [
      {
        message: messages[used ? 'used' : 'unused']({
          cluster: clusterInWords(cluster, facts),
          roles: roles.length,
          serviceAccounts: users.length > 0 || (cluster.serviceAccounts.known && annotated.length === 0) ? users.length : null,
        }),
        error: noProvider(issuer),
        severity: used ? 'high' : !isWhole ? 'medium' : serviceAccountsRead || associations ? 'info' : 'low',
        evidence: [{ what: 'issuer of the cluster', path: null, found: issuer, expected: arn }],
        related,
        // Its service accounts may have their roles by Pod Identity.
        unless: near[0]?.unless ?? (roles.length > 0 ? null : !used && associations ? unread : mayBeAssociated(cluster, null, facts)),
        issuer: url,
        about: [providerFor(url)],
        fix: {
          summary: `Create the provider for ${issuer} with audience ${DEFAULT_AUDIENCE}.`,
          patches: [{ resource: arn, region: null, kind: 'provider', before: null, after: { url: issuer, clientIds: [DEFAULT_AUDIENCE] } }],
        },
      },
    ];
  },
});
