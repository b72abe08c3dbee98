import { retargetEdits } from '../../facts/retarget.js';
import { trustPolicies } from '../../facts/subject-of.js';
import { valueAt } from '../../model/about.js';
import { providerArn } from '../../policy/federated.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../define-rule.js';

const messages = {
  foreign: ({ value, found, account }: { value: string; found: string; account: string }) =>
    `The principal ${value} is in account ${found}, but the role is in ${account}: nobody gets in by it.`,
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
  title: 'The provider named is of another account',
  why: 'Web identity does not reach across accounts: the provider must be in the account of the role. A cluster of another account needs a provider for its issuer here.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/cross-account-access.html',
    'https://repost.aws/knowledge-center/iam-oidc-idp-federation',
  ],
  subjects: (facts) => trustPolicies(facts),
  evaluate: ({ statements }, facts) =>
    statements.flatMap((statement) =>
      statement.federated.flatMap((principal) => {
        const { entry, named } = principal;
        const { account, partition } = facts.inventory;
        if (named.kind !== 'oidc' || named.account === account) return [];
        const own = providerArn(partition, account, named.url);
        const registered = facts.providerOf(named.url) !== null;
        return [
          {
            message: messages.foreign({ value: entry.value, found: named.account, account }),
            evidence: [{ what: 'federated principal', path: entry.path, found: entry.value, expected: own }],
            statement: statement.statement.index,
            issuer: named.url,
            about: [valueAt(entry.path)],
            fix: {
              summary: registered
                ? `Name the provider of this account, ${own}.`
                : `Create a provider for https://${named.url} in this account, if its service accounts are meant to get in, and name it: ${own}.`,
              edits: retargetEdits(statement, principal, named.url, facts),
            },
          },
        ];
      }),
    ),
});
