import type { Facts, RoleFacts } from '../../facts/facts.js';
import { namedServiceAccounts } from '../../facts/named-accounts.js';
import { parseRoleArn, type RoleArn } from '../../facts/role-arn.js';
import { serviceAccountKey } from '../../facts/account-key.js';
import { serviceAccountsOnAnnotations, annotationPatch, type LiveServiceAccount } from '../../facts/service-accounts.js';
import { ROLE_ANNOTATION } from '../../model/annotations.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../define-rule.js';

/** The role of the same path and name in this account; null where there is none, and nothing to compare with. */
function namesake({ resource }: RoleArn, facts: Facts): RoleFacts | null {
  const { partition, account } = facts.inventory;
  return facts.role(`arn:${partition}:iam::${account}:role/${resource}`);
}

/** Whether its trust policy names the service account. */
function isFor(role: RoleFacts, { cluster, account: { namespace, name } }: LiveServiceAccount, facts: Facts): boolean {
  return (namedServiceAccounts(cluster, facts).get(serviceAccountKey(namespace, name)) ?? []).some((one) => one.role === role);
}

const messages = {
  trusted: ({ account, arn }: { account: string; arn: string }) =>
    `The service account ${account} names ${arn}; the role of that name in this account is for it, and the other was not looked at.`,
  namesake: ({ account, arn }: { account: string; arn: string }) =>
    `The service account ${account} names ${arn}; this account has a role of that name too, and the other was not looked at.`,
} satisfies Messages;

/** The annotation names a role of another account, though this account has one of that name. */
export const annotationAccountForeign = defineRule<LiveServiceAccount>({
  id: 'annotation-account-foreign',
  cause: 'sa-annotation-wrong-account',
  kind: 'break',
  severity: 'medium',
  confidence: 'likely',
  scope: 'cluster',
  link: 'role',
  needs: ['service-accounts', 'clusters', 'roles'],
  uses: ['pod-identity-associations', 'namespaces'],
  title: 'The service account names a role of another account',
  why: 'A manifest that was copied from another stage keeps the account of its roles. The other account would have to trust the issuer of this cluster; the role of the same name here is left unused.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
    'https://docs.aws.amazon.com/eks/latest/userguide/cross-account-access.html',
  ],
  subjects: serviceAccountsOnAnnotations,
  evaluate: (of, facts) => {
    const value = of.account.annotations[ROLE_ANNOTATION] ?? '';
    const parsed = parseRoleArn(value);
    const { account, partition } = facts.inventory;
    if (parsed === null || (parsed.account === account && parsed.partition === partition)) return [];
    // Without a namesake here the other account is meant, as far as anybody can tell from this side.
    const role = namesake(parsed, facts);
    if (role === null) return [];
    const trusted = isFor(role, of, facts);
    const { arn } = role.role;
    return [
      {
        message: messages[trusted ? 'trusted' : 'namesake']({ account: of.id, arn: value }),
        ...(trusted ? {} : { severity: 'info', confidence: 'possible' }),
        evidence: [{ what: `annotation ${ROLE_ANNOTATION}`, path: null, found: value, expected: trusted ? arn : null }],
        related: [{ type: 'role', id: arn, why: 'has the same name in this account' }],
        issuer: of.cluster.url,
        fix: trusted
          ? {
              summary: `Annotate the service account with ${arn}, unless the role of the other account is meant, and restart its pods.`,
              patches: [annotationPatch(of, ROLE_ANNOTATION, arn)],
            }
          : { summary: 'Name the role of this account, unless that of the other account is meant.' },
      } satisfies Raised,
    ];
  },
});
