import { audiencesTaken, tokensFor } from '../../model/about.js';
import { DEFAULT_AUDIENCE } from '../../model/annotations.js';
import { memo } from '../../lib/memo.js';
import type { OidcProvider, OidcProviderDetail } from '../../model/inventory.js';
import type { Related } from '../../model/finding.js';
import type { Unless } from '../../model/observed.js';
import { isPositive } from '../../facts/absent-key.js';
import type { Facts } from '../../facts/facts.js';
import { isKubernetesIssuer } from '../../facts/kubernetes-issuer.js';
import { mayBeOf } from '../../facts/role-callers.js';
import { providerSubject } from '../../facts/subject-of.js';
import { carriersUnread } from '../../facts/unread-carriers.js';
import { conditionsOn, valuesOf, type WebIdentityStatement } from '../../facts/web-identity.js';
import { urlOfProviderArn } from '../../policy/federated.js';
import { defineRule, STS_WRONG_AUDIENCE, type Entry, type Messages } from '../define-rule.js';

interface Audited {
  readonly provider: OidcProvider;
  readonly url: string;
  readonly detail: OidcProviderDetail;
}

/** The service accounts of clusters that were not described, as far as they ask for an audience of their own. */
const askingForTheirOwn = memo((facts: Facts) =>
  facts.roles.flatMap(({ users }) => users.filter(({ audience, cluster }) => audience !== DEFAULT_AUDIENCE && !cluster.detail.known)),
);

/** Why a cluster is not known to be the provider's, whose service accounts ask for audiences of their own. */
function unreadWithOwnAudience(url: string, facts: Facts): Unless | null {
  const user = askingForTheirOwn(facts).find((one) => mayBeOf(one, url));
  return user === undefined || user.cluster.detail.known ? null : { reason: user.cluster.detail.reason };
}

function entryOf(provider: OidcProvider, facts: Facts): readonly Entry<Audited>[] {
  const url = urlOfProviderArn(provider.arn);
  if (url === null || !isKubernetesIssuer(url, facts)) return [];
  const subject = providerSubject(provider);
  const undescribed = facts.clusterOf(url) === null ? unreadWithOwnAudience(url, facts) : null;
  if (undescribed !== null) return [{ subject, unread: undescribed }];
  return provider.detail.known
    ? [{ subject, of: { provider, url, detail: provider.detail.value }, unless: carriersUnread(url, facts) }]
    : [{ subject, unread: provider.detail }];
}

/** The audiences that a statement's conditions name. */
const demandedAudiences = (statement: WebIdentityStatement): readonly string[] =>
  valuesOf(conditionsOn(statement, 'aud').filter(isPositive));

/** What a wrong audience was probably meant to be. */
function oddity(clientIds: readonly string[]): string {
  if (clientIds.length === 0) return 'it lists none at all';
  if (clientIds.some((id) => id !== DEFAULT_AUDIENCE && id.replace(/[^\x21-\x7e]/g, '') === DEFAULT_AUDIENCE))
    return 'one of them holds a character that cannot be seen';
  if (clientIds.some((id) => /^sts\.[a-z0-9-]+\.amazonaws\.com/.test(id))) return 'a regional host name of STS is no audience';
  if (clientIds.includes('sts.amazonaws.com.cn')) return 'tokens carry sts.amazonaws.com in China too';
  return 'none of them is the one in use';
}

const messages = {
  missing: ({ issuer, missing, oddity }: { issuer: string; missing: string; oddity: string }) =>
    `The provider of ${issuer} does not take the audience ${missing}, which the tokens carry: ${oddity}.`,
} satisfies Messages;

/** The audience that tokens carry is not among those that the provider takes. */
export const providerAudienceMissing = defineRule<Audited>({
  id: 'provider-audience-missing',
  cause: 'provider-audience-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'audiences of the provider',
  // It demands another audience besides: audience-mismatch/bad-the-provider-lacks-it-too.
  joins: ['audience-mismatch'],
  needs: ['providers'],
  uses: ['service-accounts', 'roles'],
  looksAt: ['clusters', 'pod-identity-associations'],
  title: 'The provider does not take the audience of the tokens',
  why: "STS takes a token only when its audience is one of the provider's client ids. The webhook asks for sts.amazonaws.com in every partition, unless the service account says otherwise.",
  error: STS_WRONG_AUDIENCE,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html',
  ],
  subjects: (facts) => facts.providers.flatMap((provider) => entryOf(provider, facts)),
  evaluate: ({ provider, url, detail }, facts) => {
    const cluster = facts.clusterOf(url)?.cluster;
    const users = cluster === undefined ? [] : facts.usersOf(cluster);
    const roles = facts.rolesTrusting(url);
    // A provider of nobody's cluster that no role trusts hurts nobody.
    if (cluster === undefined && roles.length === 0) return [];
    // Anybody can write an annotation: an audience of their own counts where a trust policy demands it too.
    const isDemanded = (audience: string): boolean =>
      roles.some(({ statements }) => statements.some((one) => demandedAudiences(one).includes(audience)));
    const asked = [...new Set(users.map(({ audience }) => audience))];
    const inUse =
      users.length === 0 ? [DEFAULT_AUDIENCE] : asked.filter((audience) => audience === DEFAULT_AUDIENCE || isDemanded(audience));
    const missing = inUse.filter((audience) => !detail.clientIds.includes(audience));
    if (missing.length === 0) return [];
    const affected = users.filter(({ audience }) => missing.includes(audience));
    const related = [
      ...roles.map(({ role }): Related => ({ type: 'role', id: role.arn, why: 'trusts this provider' })),
      ...affected.map(({ id }): Related => ({ type: 'service-account', id, why: 'its tokens are refused' })),
    ];
    return [
      {
        message: messages.missing({ issuer: url, missing: missing.join(', '), oddity: oddity(detail.clientIds) }),
        severity: related.length > 0 ? 'high' : facts.inventory.roles.known ? 'low' : 'medium',
        evidence: [
          {
            what: 'audiences of the provider',
            path: null,
            found: detail.clientIds,
            expected: missing.length === 1 ? (missing[0] ?? null) : missing,
          },
        ],
        related,
        issuer: url,
        about: [tokensFor(url, missing), audiencesTaken(url)],
        fix: {
          summary: `Add ${missing.join(', ')} to the audiences of the provider.`,
          patches: [
            {
              resource: provider.arn,
              region: null,
              kind: 'provider',
              before: { url: detail.url, clientIds: detail.clientIds },
              after: { url: detail.url, clientIds: [...detail.clientIds, ...missing] },
            },
          ],
        },
      },
    ];
  },
});
