import { addCondition, adviceToAdd } from '../../../facts/trust/added-condition.js';
import { doubtAbout, exposedAt, exposureMessage, exposuresOf, issuerInWords, usersOfOpening } from '../../../facts/exposure/exposure.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  open: ({ issuer }: { issuer: string }) => `Every service account of ${issuer} can assume this role: no condition limits the subject.`,
  latent: ({ issuer }: { issuer: string }) =>
    `Once its other defects are repaired, every service account of ${issuer} can assume this role: no condition limits the subject.`,
  possible: ({ doubt, issuer }: { doubt: string; issuer: string }) =>
    `Unless ${doubt} denies it, every service account of ${issuer} can assume this role: no condition limits the subject.`,
} satisfies Messages;

/** Nothing limits which service account of the cluster is allowed. */
export const subjectConditionMissing = defineRule({
  id: 'subject-condition-missing',
  cause: 'trust-sub-missing',
  kind: 'exposure',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'no subject',
  needs: ['roles'],
  uses: ['providers'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'managed-policies', 'addons', 'workloads'],
  title: 'No condition on the service account',
  why: 'Without a condition on the subject every pod of the cluster can assume the role, whatever its namespace: a project that should read one bucket gets what another was given.',
  references: ['EKS/associate-service-account-role.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    exposuresOf(role, facts).flatMap((exposure) => {
      const { statement, url, breadth, because, latent } = exposure;
      if (breadth !== 'everybody' || because !== 'no-condition') return [];
      const callers = usersOfOpening(exposure, role, facts);
      const { index, path } = statement.statement;
      return [
        {
          message: messages[exposureMessage(exposure)]({ issuer: issuerInWords(exposure), doubt: doubtAbout(exposure) }),
          ...exposedAt(role, 'high', 'critical', exposure),
          evidence: [
            {
              what: 'conditions of the statement',
              path: `${path}.Condition`,
              found: statement.conditions.map(({ entry }) => entry.key),
              expected: `${url}:sub`,
            },
          ],
          statement: index,
          issuer: url,
          concerns: [url],
          latent,
          fix:
            callers.length === 0
              ? {
                  summary: adviceToAdd(
                    { statement, url, claim: 'sub' },
                    `StringEquals on ${url}:sub with the service accounts that are meant to have this role`,
                  ),
                }
              : addCondition({ statement, url, claim: 'sub' }, callers, true),
        },
      ];
    }),
});
