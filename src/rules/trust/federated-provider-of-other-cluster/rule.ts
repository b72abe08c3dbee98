import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { clusterInWords } from '../../../facts/pod-identity/cluster-in-words.js';
import { inWords, listed } from '../../../lib/list-in-words.js';
import type { Carriers, Has, IssuingHas, RoleHas } from '../../../facts/account/facts.js';
import { statementForCallers } from '../../../facts/trust/switch-provider-edits.js';
import { isCarriedOnlyElsewhere, rolesCarriedIn, type CarriedRole } from '../../../facts/trust/service-accounts-of-role.js';
import { clusterSubject, issuingClustersIn, relatedUsers } from '../../../facts/account/subjects.js';
import { givenRoleEntries } from '../../../facts/trust/role-entries.js';
import { providerFor } from '../../../model/contract/about.js';
import { defineRule, STS_NOT_AUTHORIZED, type Entry, type Messages } from '../../contract/define-rule.js';

const isCarriedOnlyElsewhereByAll = (named: readonly { readonly url: IssuerId }[], role: RoleHas<Carriers>): boolean =>
  named.every(({ url }) => isCarriedOnlyElsewhere(role, url));

const messages = {
  other: ({ cluster, others }: { cluster: string; others: string }) =>
    `Service accounts of cluster ${cluster} use this role, but its trust policy trusts only ${others}.`,
} satisfies Messages;

/** The roles that are carried, be it by add-ons alone, of which EKS tells; and the cluster where its service accounts were not read. */
function entriesIn(cluster: IssuingHas<Carriers>, facts: Has<'roles' | Carriers>): readonly Entry<CarriedRole>[] {
  const { serviceAccounts } = cluster.cluster;
  const unread = serviceAccounts.known ? [] : [{ subject: clusterSubject(cluster.cluster), unread: { reason: serviceAccounts.reason } }];
  return [...rolesCarriedIn(cluster, facts).flatMap((of) => givenRoleEntries(of, facts)), ...unread];
}

/** The role allows another cluster than the one whose service accounts use it. */
export const federatedProviderOfOtherCluster = defineRule({
  id: 'federated-provider-of-other-cluster',
  cause: 'trust-federated-wrong-provider',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'principal',
  needs: ['roles', 'providers', 'clusters'],
  uses: ['pod-identity-associations'],
  looksAt: ['service-accounts', 'addons', 'workloads'],
  title: 'Trust policy names another cluster',
  why: 'Each cluster has an issuer of its own. A role that is used from two clusters needs a statement for each of them.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/associate-service-account-role.html'],
  subjects: (facts, scope) => issuingClustersIn(facts, scope).flatMap((cluster) => entriesIn(cluster, facts)),
  evaluate: ({ role, users, cluster: own }, facts) => {
    const named = role.statements.flatMap((statement) => statement.issuers.map((url) => ({ statement, url })));
    if (named.some(({ url }) => url.toLowerCase() === own.url.toLowerCase())) return [];
    const served = named.filter(({ url }) => facts.providerOf(url) !== null);
    // Without any, the principal itself is told, unless it is right for others who use the role: they lack their provider alone.
    const others = served.length > 0 || isCarriedOnlyElsewhereByAll(named, role) ? served : named;
    const [first] = others;
    if (first === undefined) return [];
    const names = others.map(({ url }) => {
      const cluster = facts.clusterOf(url)?.cluster;
      return cluster === undefined ? `the issuer ${url}` : `cluster ${clusterInWords(cluster, facts)}`;
    });
    return [
      {
        message: messages.other({ cluster: clusterInWords(own.cluster, facts), others: inWords([...new Set(names)]) }),
        evidence: first.statement.federated.map(({ entry }) => ({
          what: 'federated principal',
          path: entry.path,
          found: entry.value,
          expected: null,
        })),
        related: relatedUsers(users, 'uses the role and is refused'),
        statement: first.statement.statement.index,
        issuer: own.url,
        concerns: [own.url],
        about: [providerFor(own.url)],
        fix: {
          summary: `Add a statement for cluster ${clusterInWords(own.cluster, facts)}, only if ${listed(users.map(({ subject }) => subject))} is meant to have this role; otherwise give the service account a role of its own.`,
          edits: [{ kind: 'add-statement', statement: statementForCallers(role, own.url, facts) }],
        },
      },
    ];
  },
});
