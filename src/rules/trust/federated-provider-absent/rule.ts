import { issuerAddress, type IssuerId } from '../../../model/inventory/issuer-id.js';
import { clusterInWords } from '../../../facts/pod-identity/cluster-in-words.js';
import { hasNoProvider, isDead, mayServeWithout, servesWithout } from '../../../facts/trust/dead-statement.js';
import type { Carriers, Has, RoleHas } from '../../../facts/account/facts.js';
import { issuerDifference } from '../../../facts/issuer/issuer-difference.js';
import { isKubernetesIssuer } from '../../../facts/provider/kubernetes-issuer.js';
import { issuerMeantBy, retargetEdits } from '../../../facts/trust/switch-provider-edits.js';
import { isCarriedOnlyElsewhere } from '../../../facts/trust/service-accounts-of-role.js';
import { relatedUsers } from '../../../facts/account/subjects.js';
import { carriedFromUndescribed, trustPolicies } from '../../../facts/trust/role-entries.js';
import { claimIn, providerFor, valueAt } from '../../../model/contract/about.js';
import { providerArn } from '../../../policy/language/federated.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

/** What the ARN probably misses, in words; empty where nothing like it exists. */
function likeness(arn: string, url: IssuerId, role: RoleHas<Carriers>, facts: Has<'providers' | 'clusters'>): string {
  const { partition, account } = facts.inventory;
  if (arn !== providerArn(partition, account, url)) return `, but this account is in the partition ${partition}`;
  const carried = issuerMeantBy(url, role, facts);
  const near = facts.clustersNear(url).find((cluster) => issuerDifference(cluster.url, url) !== null);
  if (near !== undefined) return `; the issuer of cluster ${clusterInWords(near.cluster, facts)} is much like it`;
  return carried === null ? '' : `, and the service accounts that use the role are of the cluster with issuer ${carried}`;
}

const messages = {
  absent: ({ value, likeness }: { value: string; likeness: string }) => `No provider has the ARN ${value}${likeness}.`,
} satisfies Messages;

/** A well-formed ARN of this account that no provider has. */
export const federatedProviderAbsent = defineRule({
  id: 'federated-provider-absent',
  cause: 'trust-federated-wrong-provider',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'principal',
  deadPiece: true,
  needs: ['roles', 'providers'],
  looksAt: ['clusters', 'service-accounts', 'pod-identity-associations', 'addons', 'workloads'],
  title: 'Trusted OIDC provider missing',
  why: 'IAM does not check that a provider exists, and does not look again when one is deleted. Roles outlive their clusters, and a rebuilt cluster has another issuer.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/associate-service-account-role.html', 'https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors'],
  subjects: (facts) => [...trustPolicies(facts), ...carriedFromUndescribed(facts)],
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) => {
      if (isDead(statement, facts) && servesWithout(statement, role, facts)) return [];
      return statement.federated.flatMap((principal) => {
        const { entry, named } = principal;
        if (named.kind !== 'oidc' || !hasNoProvider(principal, facts)) return [];
        const { partition, account } = facts.inventory;
        // Whoever another principal of the statement is for is not refused by this one.
        const living = new Set(statement.federated.flatMap((one) => (hasNoProvider(one, facts) ? [] : (one.url ?? []))));
        const isOfNobody = facts.clusterOf(named.url) === null && role.users.every(({ url }) => url !== null && url !== named.url);
        const isSpare = living.size > 0 && isOfNobody;
        const elsewhereCarried = isCarriedOnlyElsewhere(role, named.url)
          ? role.users.filter(({ url }) => url === null || !living.has(url))
          : [];
        const elsewhere = named.partition !== partition ? named.url : issuerMeantBy(named.url, role, facts);
        const meant = elsewhere === named.url && named.partition === partition ? null : elsewhere;
        const expected = meant === null ? null : providerArn(partition, account, meant);
        // Whether AWS takes an ARN with a slash too many at its end for the one without, it does not say.
        const near = facts.providersNear(named.url);
        const isNear = near.some((one) => `${one.url}/` === named.url);
        // Nor whether it compares them by letter case.
        const isByCase = near.some((one) => one.url.toLowerCase() === named.url.toLowerCase());
        return [
          {
            ...(isSpare && elsewhereCarried.length === 0 && { severity: 'low' as const, error: null }),
            ...(isNear && { confidence: 'possible' as const }),
            ...(isByCase && { confidence: 'likely' as const }),
            message: messages.absent({ value: entry.value, likeness: likeness(entry.value, named.url, role, facts) }),
            evidence: [{ what: 'federated principal', path: entry.path, found: entry.value, expected }],
            statement: statement.statement.index,
            issuer: named.url,
            concerns: [named.url],
            related: relatedUsers(elsewhereCarried, 'uses the role and is refused'),
            // The provider of this issuer would help nobody whose tokens are of another.
            about: [
              valueAt(entry.path),
              claimIn(statement.statement.index, 'iss'),
              ...(elsewhereCarried.length > 0 ? [] : [providerFor(named.url)]),
            ],
            unless: mayServeWithout(statement, role, facts),
            fix:
              meant === null || expected === null
                ? {
                    summary: isKubernetesIssuer(named.url, facts)
                      ? `Name the provider of the cluster that is meant to use this role, or create the provider for ${issuerAddress(named.url)} again.`
                      : `Create the provider for ${issuerAddress(named.url)}, or name the one that is meant.`,
                  }
                : {
                    summary: `Name the provider ${expected}, in the principal and in the keys.`,
                    edits: retargetEdits(statement, principal, meant, facts),
                  },
          },
        ];
      });
    }),
});
