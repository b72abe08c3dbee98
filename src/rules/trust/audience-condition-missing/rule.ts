import { addCondition } from '../../../facts/trust/added-condition.js';
import { audiencesInUse } from '../../../facts/trust/audience-agreement.js';
import { kubernetesIssuersOf } from '../../../facts/provider/kubernetes-issuer.js';
import { isAuxiliary } from '../../../facts/trust/service-accounts-of-role.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  missing: ({ issuer }: { issuer: string }) =>
    `Nothing in the statement limits the audience for ${issuer}; only the audiences of the provider do.`,
} satisfies Messages;

/** Nothing in the statement speaks of the token's audience. */
export const audienceConditionMissing = defineRule({
  id: 'audience-condition-missing',
  cause: 'trust-aud-missing',
  kind: 'hygiene',
  severity: 'info',
  confidence: 'certain',
  scope: 'account',
  link: 'audience',
  needs: ['roles'],
  looksAt: ['providers', 'clusters', 'service-accounts', 'pod-identity-associations', 'workloads', 'addons'],
  title: 'No condition on the audience',
  why: 'The audiences of the provider still limit which tokens it takes. A condition in the role holds also when somebody adds an audience to the provider.',
  references: ['EKS/associate-service-account-role.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) => {
      if (statement.conditions.some(({ claim }) => claim === 'aud' || claim === 'oaud')) return [];
      const [url] = kubernetesIssuersOf(statement, facts);
      if (url === undefined || isAuxiliary(statement, role)) return [];
      const values = audiencesInUse(role, url, facts);
      // A condition that the provider's audiences contradict would allow nobody.
      const detail = facts.providerOf(url)?.detail;
      const isAccepted = detail === undefined || (detail.known && values.every((audience) => detail.value.clientIds.includes(audience)));
      const { index, path } = statement.statement;
      return [
        {
          message: messages.missing({ issuer: url }),
          evidence: [
            {
              what: 'conditions of the statement',
              path: `${path}.Condition`,
              found: statement.conditions.map(({ entry }) => entry.key),
              expected: `${url}:aud`,
            },
          ],
          statement: index,
          issuer: url,
          fix: addCondition({ statement, url, claim: 'aud' }, values, isAccepted),
        },
      ];
    }),
});
