import { contradictionsOf } from '../../../facts/statement/contradiction.js';
import { excludedClaim } from '../../../facts/exposure/excluded-claim.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../../contract/define-rule.js';

const messages = {
  claim: ({ key, values }: { key: string; values: string }) =>
    `The key ${key} appears twice, in different case, and no value meets ${values} together.`,
} satisfies Messages;

/** One key appears twice under an operator, in different case, with values that exclude each other. */
export const keyCaseDuplicate = defineRule({
  id: 'key-case-duplicate',
  cause: 'trust-unsatisfiable',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'account',
  link: 'conditions together',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['clusters', 'service-accounts', 'pod-identity-associations', 'providers', 'workloads', 'addons'],
  title: 'Condition key twice by case',
  why: 'Condition keys are compared without case, so that the two are one key to IAM. Whether it joins their values, keeps one of the two, or requires both at once is documented nowhere; if it requires both, nobody is allowed.',
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_elements_condition.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) =>
      contradictionsOf(statement)
        .filter(({ byCaseAlone }) => byCaseAlone)
        .map((one): Raised => {
          const { data, ...rest } = excludedClaim(one, statement, role, facts);
          return { message: messages.claim(data), ...rest };
        }),
    ),
});
