import { exposuresOf, raisedByPattern } from '../../../facts/exposure/exposure.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  open: ({ issuer, pattern }: { issuer: string; pattern: string }) =>
    `A service account of any fitting namespace of ${issuer} can assume this role: ${pattern} leaves the namespace open.`,
  latent: ({ issuer, pattern }: { issuer: string; pattern: string }) =>
    `Once its other defects are repaired, a service account of any fitting namespace of ${issuer} can assume this role: ${pattern} leaves the namespace open.`,
  possible: ({ doubt, issuer, pattern }: { doubt: string; issuer: string; pattern: string }) =>
    `Unless ${doubt} denies it, a service account of any fitting namespace of ${issuer} can assume this role: ${pattern} leaves the namespace open.`,
} satisfies Messages;

/** A wildcard stands for the namespace: whoever may make a namespace may assume the role. */
export const subjectNamespaceOpen = defineRule({
  id: 'subject-namespace-open',
  cause: 'trust-sub-too-broad',
  kind: 'exposure',
  severity: 'medium',
  confidence: 'certain',
  scope: 'account',
  link: 'open to a namespace',
  needs: ['roles'],
  uses: ['providers'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'managed-policies', 'addons', 'workloads'],
  title: 'Wildcard in the namespace',
  why: 'Who can make a service account of that name in any namespace can assume the role. Names of service accounts are not reserved; namespaces are what cluster permissions are cut along.',
  references: ['EKS/associate-service-account-role.html', 'IAM/reference_policies_elements_condition_operators.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    exposuresOf(role, facts).flatMap((exposure) => {
      if (exposure.breadth !== 'namespace-open') return [];
      return [
        raisedByPattern(exposure, role, facts, {
          messages,
          plain: 'medium',
          administrative: 'high',
          summary: 'Name the namespaces that are meant to have the role.',
        }),
      ];
    }),
});
