import { eksIssuer } from '../../../facts/issuer/issuer.js';
import { isKnownIdle, isOrphaned } from '../../../facts/provider/orphaned-provider.js';
import { providerSubject } from '../../../facts/account/subjects.js';
import { plural } from '../../../lib/plural.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  /** `roles`: null = they were not read. */
  orphan: ({ region, issuer, roles }: { region: string; issuer: string; roles: number | null }) =>
    `No cluster of this account in ${region} has the issuer ${issuer}; ${roles === null ? 'whether a role still trusts it is not known' : `${roles === 0 ? 'no role still trusts' : plural(roles, 'role still trusts', 'roles still trust')} it`}.`,
} satisfies Messages;

/** A provider shaped like EKS whose cluster is not in this account any more. */
export const providerOrphaned = defineRule({
  id: 'provider-orphaned',
  cause: 'provider-orphaned',
  kind: 'hygiene',
  severity: 'low',
  confidence: 'possible',
  scope: 'region',
  link: 'provider',
  needs: ['clusters', 'providers'],
  uses: ['roles'],
  title: 'OIDC provider without a cluster',
  why: 'Deleting a cluster leaves its provider in IAM, and every role that trusts it. It counts against the quota, and whoever reads the roles takes them for living ones.',
  references: ['IAM/id_roles_providers_create_oidc.html'],
  subjects: (facts, scope) =>
    facts.namedProviders.flatMap(({ provider, url }) => {
      const region = eksIssuer(url)?.region;
      return region !== undefined && scope.kind === 'region' && scope.region === region
        ? [{ subject: providerSubject(provider), of: { provider, url, region } }]
        : [];
    }),
  evaluate: ({ url, region }, facts) => {
    if (!isOrphaned(url, facts)) return [];
    const roles = facts.rolesTrusting(url);
    return [
      {
        message: messages.orphan({ region, issuer: url, roles: roles.length > 0 || facts.inventory.roles.known ? roles.length : null }),
        confidence:
          facts.inventory.roles.known && roles.length > 0 && roles.every((role) => isKnownIdle(role, facts)) ? 'likely' : 'possible',
        evidence: [{ what: 'URL of the provider', path: null, found: url, expected: null }],
        related: roles.map(({ role }) => ({ type: 'role', id: role.arn, why: 'still trusts it' })),
        issuer: url,
        fix: {
          summary:
            'Make sure that no cluster of another account and no cluster elsewhere has this issuer, and that no role that trusts it is needed; then delete the provider.',
        },
      },
    ];
  },
});
