import { adviceToAdd } from '../../../facts/trust/added-condition.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { doubtAbout, exposureMessage } from '../../../facts/exposure/exposure.js';
import { sharedAt, sharedStatements } from '../../../facts/exposure/tenant.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  open: ({ name }: { name: string }) =>
    `Anybody with an account at ${name} can assume this role: no condition says whose token it must be.`,
  latent: ({ name }: { name: string }) =>
    `Once its other defects are repaired, anybody with an account at ${name} can assume this role: no condition says whose token it must be.`,
  possible: ({ doubt, name }: { doubt: string; name: string }) =>
    `Unless ${doubt} denies them, anybody with an account at ${name} can assume this role: no condition says whose token it must be.`,
} satisfies Messages;

/** An issuer that signs tokens for everybody, and nothing that says for whom. */
export const subjectMissingOnSharedIssuer = defineRule({
  id: 'subject-missing-on-shared-issuer',
  cause: 'trust-sub-missing',
  kind: 'exposure',
  severity: 'critical',
  confidence: 'certain',
  scope: 'account',
  link: 'open to an issuer',
  needs: ['roles'],
  uses: ['providers'],
  title: 'No subject on a shared issuer',
  why: 'The issuer signs tokens for all of its customers under one address. Without a condition on the tenant, a stranger with an account there can assume the role.',
  references: ['IAM/id_roles_providers_oidc_secure-by-default.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    sharedStatements(role, facts).flatMap((open) => {
      const { statement, url, shared, limit, latent } = open;
      if (limit !== 'missing') return [];
      const { index, path } = statement.statement;
      const [claim = 'sub'] = Object.keys(shared.tenants);
      return [
        {
          message: messages[exposureMessage(open)]({ name: shared.name, doubt: doubtAbout(open) }),
          ...sharedAt(open),
          evidence: [
            {
              what: 'conditions of the statement',
              path: `${path}.Condition`,
              found: statement.conditions.map(({ entry }) => entry.key),
              expected: `${url}:${claim}`,
            },
          ],
          statement: index,
          issuer: url,
          concerns: [url],
          latent,
          fix: {
            summary: `${adviceToAdd({ statement, url, claim }, `a condition on ${url}:${claim} that names your own tenant`)} Only you know its value.`,
          },
        },
      ];
    }),
});
