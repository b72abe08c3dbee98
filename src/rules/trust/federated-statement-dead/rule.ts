import { isDead, servesWithout } from '../../../facts/trust/dead-statement.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  dead: ({ path, issuers }: { path: string; issuers: string }) =>
    `The statement at ${path} is for ${issuers}, which has no provider any more; the other statements work without it.`,
} satisfies Messages;

/** One of several statements names an issuer whose provider is gone; the others work. */
export const federatedStatementDead = defineRule({
  id: 'federated-statement-dead',
  cause: 'trust-federated-wrong-provider',
  kind: 'hygiene',
  severity: 'low',
  confidence: 'likely',
  scope: 'account',
  link: 'principal',
  needs: ['roles', 'providers', 'every-cluster'],
  uses: ['service-accounts'],
  looksAt: ['pod-identity-associations', 'addons', 'workloads'],
  title: 'Statement for a deleted provider',
  why: 'It allows nobody and takes characters of the quota for trust policies, which a role that serves several clusters soon needs.',
  references: ['IAM/reference_iam-quotas.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) => {
      const urls = statement.issuers;
      // A cluster of this account that merely lacks its provider is another story: provider-missing.
      if (!isDead(statement, facts) || !servesWithout(statement, role, facts) || urls.some((url) => facts.clusterOf(url) !== null))
        return [];
      return [
        {
          message: messages.dead({ path: statement.statement.path, issuers: urls.join(', ') }),
          evidence: statement.federated.map(({ entry }) => ({
            what: 'federated principal',
            path: entry.path,
            found: entry.value,
            expected: null,
          })),
          statement: statement.statement.index,
          ...(urls[0] === undefined ? {} : { issuer: urls[0] }),
          fix: { summary: 'Take the statement out.', edits: [{ kind: 'remove-statement', statement: statement.statement.index }] },
        },
      ];
    }),
});
