import { exposuresOf, raisedByPattern } from '../../../facts/exposure/exposure.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  open: ({ issuer, pattern }: { issuer: string; pattern: string }) =>
    `Every service account of ${issuer} can assume this role: the subject ${pattern} allows them all.`,
  latent: ({ issuer, pattern }: { issuer: string; pattern: string }) =>
    `Once its other defects are repaired, every service account of ${issuer} can assume this role: the subject ${pattern} allows them all.`,
  possible: ({ doubt, issuer, pattern }: { doubt: string; issuer: string; pattern: string }) =>
    `Unless ${doubt} denies it, every service account of ${issuer} can assume this role: the subject ${pattern} allows them all.`,
} satisfies Messages;

/** A subject pattern that every service account of the cluster matches. */
export const subjectClusterWide = defineRule({
  id: 'subject-cluster-wide',
  cause: 'trust-sub-too-broad',
  kind: 'exposure',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'open to a cluster',
  needs: ['roles'],
  uses: ['providers'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'managed-policies', 'addons', 'workloads'],
  title: 'Any service account of the cluster',
  why: 'A wildcard in the place of namespace and name is no limit: every pod of the cluster can assume the role, as if there were no condition.',
  references: ['EKS/associate-service-account-role.html', 'IAM/reference_policies_elements_condition_operators.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    exposuresOf(role, facts).flatMap((exposure) => {
      if (exposure.breadth !== 'everybody' || exposure.because !== 'pattern') return [];
      return [
        raisedByPattern(exposure, role, facts, {
          messages,
          plain: 'high',
          administrative: 'critical',
          summary: 'Name the service accounts that use the role.',
        }),
      ];
    }),
});
