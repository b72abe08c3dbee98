import { exposuresOf, raisedByPattern } from '../../../facts/exposure/exposure.js';
import { eksIssuer } from '../../../facts/issuer/issuer.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  open: ({ pattern, issuer }: { pattern: string; issuer: string }) =>
    `Every service account that fits ${pattern} can assume this role: a whole namespace of ${issuer}.`,
  latent: ({ pattern, issuer }: { pattern: string; issuer: string }) =>
    `Once its other defects are repaired, every service account that fits ${pattern} can assume this role: a whole namespace of ${issuer}.`,
  possible: ({ doubt, pattern, issuer }: { doubt: string; pattern: string; issuer: string }) =>
    `Unless ${doubt} denies it, every service account that fits ${pattern} can assume this role: a whole namespace of ${issuer}.`,
} satisfies Messages;

/** Every service account of one namespace is allowed. */
export const subjectNamespaceWide = defineRule({
  id: 'subject-namespace-wide',
  cause: 'trust-sub-too-broad',
  kind: 'exposure',
  severity: 'info',
  confidence: 'certain',
  scope: 'account',
  link: 'open to a namespace',
  needs: ['roles'],
  uses: ['providers'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'managed-policies', 'addons', 'workloads'],
  title: 'Any service account of a namespace',
  why: 'Every pod of the namespace can assume the role, also one that was put there later for another purpose. Where a namespace belongs to one team this may be meant.',
  references: ['EKS/associate-service-account-role.html', 'IAM/reference_policies_elements_condition_operators.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    exposuresOf(role, facts).flatMap((exposure) => {
      if (exposure.breadth !== 'namespace-wide' || eksIssuer(exposure.url) === null) return [];
      return [
        raisedByPattern(exposure, role, facts, {
          messages,
          plain: 'info',
          administrative: 'medium',
          summary: 'Name the service accounts that use the role, unless the whole namespace is meant.',
        }),
      ];
    }),
});
