import type { Has } from '../../../facts/account/facts.js';
import { eksIssuer } from '../../../facts/issuer/issuer.js';
import { isOrphaned } from '../../../facts/provider/orphaned-provider.js';
import { quotaRequest } from '../../../facts/issuer/quota-request.js';
import { accountSubject } from '../../../facts/account/subjects.js';
import type { OidcProvider } from '../../../model/inventory/inventory.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

/** The default of the quota, and the most that a request raises it to (IAM User Guide, "IAM and AWS STS quotas"). It is not read. */
const DEFAULT = 100;
const HIGHEST = 700;

/** Providers that belong to no cluster of this account, of regions whose clusters were all read. */
function orphansIn(facts: Has<'providers' | 'clusters' | 'roles'>): readonly OidcProvider[] {
  const read = new Set(
    facts.inventory.regions.flatMap(({ region, clusters }) =>
      clusters.known && clusters.value.every(({ detail }) => detail.known) ? [region] : [],
    ),
  );
  return facts.namedProviders
    .filter(({ url }) => read.has(eksIssuer(url)?.region ?? '') && isOrphaned(url, facts))
    .map(({ provider }) => provider);
}

function inWords(orphans: number): string {
  if (orphans === 0) return '';
  return `; ${orphans === 1 ? 'one of them belongs' : `${orphans} of them belong`} to no cluster of this account`;
}

const messages = {
  default: ({ count, quota, orphans }: { count: number; quota: number; orphans: string }) =>
    `The account has ${count} OIDC providers, of the ${quota} that it may have unless the quota was raised${orphans}.`,
  highest: ({ count, quota, orphans }: { count: number; quota: number; orphans: string }) =>
    `The account has ${count} OIDC providers, of the ${quota} that a raised quota allows at most${orphans}.`,
} satisfies Messages;

/** The account soon has no room for the provider of one more cluster. */
export const providerQuotaNear = defineRule({
  id: 'provider-quota-near',
  cause: 'provider-quota-near',
  kind: 'hygiene',
  severity: 'info',
  confidence: 'possible',
  scope: 'account',
  link: 'quotas',
  needs: ['providers'],
  looksAt: ['clusters', 'roles'],
  title: 'OIDC provider quota nearly used up',
  why: 'Each cluster takes a provider of its own, and one that is deleted leaves its provider behind. When the quota is reached, the next one is refused (LimitExceeded: Cannot exceed quota for OpenIdConnectProvidersPerAccount), and nobody in its cluster gets a role.',
  references: ['IAM/reference_iam-quotas.html'],
  subjects: (facts) => [{ subject: accountSubject(facts.inventory), of: facts }],
  evaluate: (facts) => {
    const count = facts.providers.length;
    const quota = count > DEFAULT ? HIGHEST : DEFAULT;
    if (count < quota * 0.8) return [];
    const orphans = orphansIn(facts);
    return [
      {
        message: messages[quota === DEFAULT ? 'default' : 'highest']({ count, quota, orphans: inWords(orphans.length) }),
        ...(count >= quota * 0.9 ? { severity: 'low' } : {}),
        evidence: [{ what: 'OIDC providers', path: null, found: count, expected: null }],
        related: orphans.map(({ arn }) => ({ type: 'provider', id: arn, why: 'belongs to no cluster of this account' })),
        fix: {
          summary:
            orphans.length === 0 ? 'Ask for a higher quota.' : 'Delete the providers of clusters that are gone, or ask for a higher quota.',
          commands: quota === DEFAULT ? quotaRequest(facts.inventory.partition, 'L-858F3967', 2 * DEFAULT) : [],
        },
      },
    ];
  },
});
