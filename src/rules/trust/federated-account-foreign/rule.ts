import { issuerAddress, asIssuerId } from '../../../model/inventory/issuer-id.js';
import type { Carriers, Has, RoleHas, RoleUser } from '../../../facts/account/facts.js';
import { retargetEdits } from '../../../facts/trust/switch-provider-edits.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import type { FederatedPrincipal, WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import { valueAt } from '../../../model/contract/about.js';
import { providerArn } from '../../../policy/language/federated.js';
import type { TrustEdit } from '../../../policy/edit/repair.js';
import { doorOf, requestWith } from '../../../policy/language/token.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

/**
 * What takes a principal out whose provider of this account is trusted beside it: in its own statement, or in another by which everybody
 * is allowed who uses the role. Null where somebody may miss it.
 */
function takenOut(
  { statement, federated }: WebIdentityStatement,
  { entry, named, url }: FederatedPrincipal,
  role: RoleHas<Carriers>,
  facts: Has<'providers'>,
): readonly TrustEdit[] | null {
  const own = doorOf(url ?? asIssuerId(''), facts.inventory).providerArn;
  if (federated.some((one) => one.entry.value === own)) return [{ kind: 'principal', path: entry.path, value: null }];
  const isTrusted = role.statements.some((one) => one.statement !== statement && one.federated.some((other) => other.entry.value === own));
  if (!isTrusted || named.kind !== 'oidc' || role.users.length === 0) return null;
  const gets = ({ url, audience, subject }: RoleUser): boolean =>
    url !== null && facts.admits(role, requestWith({ url, audience, subject }, facts.inventory)) === 'allowed';
  if (!role.users.every(gets)) return null;
  return statement.principals.length > 1
    ? [{ kind: 'principal', path: entry.path, value: null }]
    : [{ kind: 'remove-statement', statement: statement.index }];
}

const messages = {
  foreign: ({ value, found, account }: { value: string; found: string; account: string }) =>
    `The principal ${value} is in account ${found}, but the role is in ${account}: nobody is allowed by it.`,
} satisfies Messages;

/** A provider of another account: STS only looks into the role's own. */
export const federatedAccountForeign = defineRule({
  id: 'federated-account-foreign',
  cause: 'trust-federated-wrong-account',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'principal',
  deadPiece: true,
  needs: ['roles'],
  uses: ['providers'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'addons', 'workloads'],
  title: 'OIDC provider not of this account',
  why: 'Web identity does not reach across accounts: the provider must be in the account of the role. A cluster of another account needs a provider for its issuer here.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/cross-account-access.html', 'https://repost.aws/knowledge-center/iam-oidc-idp-federation'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) =>
      statement.federated.flatMap((principal) => {
        const { entry, named } = principal;
        const { account, partition } = facts.inventory;
        if (named.kind !== 'oidc' || named.account === account) return [];
        const own = providerArn(partition, account, named.url);
        const registered = facts.providerOf(named.url) !== null;
        const spare = takenOut(statement, principal, role, facts);
        return [
          {
            message: messages.foreign({ value: entry.value, found: named.account, account }),
            evidence: [{ what: 'federated principal', path: entry.path, found: entry.value, expected: own }],
            statement: statement.statement.index,
            issuer: named.url,
            concerns: [named.url],
            about: [valueAt(entry.path)],
            fix: {
              summary:
                spare !== null
                  ? `Take ${entry.value} out: ${own} is trusted beside it.`
                  : registered
                    ? `Name the provider of this account, ${own}.`
                    : `Create a provider for ${issuerAddress(named.url)} in this account, if its service accounts are meant to be allowed, and name it: ${own}.`,
              // Of a provider that has yet to be made a command would name what is not there.
              edits: spare ?? (registered ? retargetEdits(statement, principal, named.url, facts) : []),
            },
          },
        ];
      }),
    ),
});
