import { listed } from '../../../lib/list-in-words.js';
import { doubtAbout, exposedAt, exposureMessage, exposuresOf, issuerInWords, usersOfOpening } from '../../../facts/exposure/exposure.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import type { TrustEdit } from '../../../policy/edit/repair.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  open: ({ issuer, operator }: { issuer: string; operator: string }) =>
    `Every service account of ${issuer} can assume this role: ${operator} is the only limit on the subject.`,
  latent: ({ issuer, operator }: { issuer: string; operator: string }) =>
    `Once its other defects are repaired, every service account of ${issuer} can assume this role: ${operator} is the only limit on the subject.`,
  possible: ({ doubt, issuer, operator }: { doubt: string; issuer: string; operator: string }) =>
    `Unless ${doubt} denies it, every service account of ${issuer} can assume this role: ${operator} is the only limit on the subject.`,
} satisfies Messages;

/** The only limit on the subject is a negated comparison: everybody else is allowed. */
export const operatorNegated = defineRule({
  id: 'operator-negated',
  cause: 'trust-operator-wrong',
  kind: 'exposure',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'negation',
  needs: ['roles'],
  uses: ['providers'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'managed-policies', 'addons', 'workloads'],
  title: 'Subject under negated operator only',
  why: 'StringNotEquals and similar operators are met by every subject that is not listed, and also where the key is absent. In an Allow they deny the few and allow the many.',
  references: ['IAM/reference_policies_elements_condition_operators.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    exposuresOf(role, facts).flatMap((exposure) => {
      const { statement, url, breadth, because, subjects, latent } = exposure;
      const negated = subjects.filter(({ operator }) => operator?.negated === true);
      const [first, ...others] = negated;
      if (breadth !== 'everybody' || because !== 'negated' || first === undefined) return [];
      // An exclusion names who is not meant: who is, only those who use the role can tell.
      const meant = usersOfOpening(exposure, role, facts);
      const edits: TrustEdit[] = [
        { kind: 'condition', path: first.entry.path, operator: 'StringEquals', key: `${url}:sub`, values: meant },
        ...others.map(({ entry }): TrustEdit => ({ kind: 'remove-condition', path: entry.path })),
      ];
      return [
        {
          message: messages[exposureMessage(exposure)]({
            issuer: issuerInWords(exposure),
            operator: first.entry.operator,
            doubt: doubtAbout(exposure),
          }),
          ...exposedAt(role, 'high', 'critical', exposure),
          evidence: negated.map(({ entry }) => ({
            what: 'condition operator',
            path: entry.path,
            found: entry.operator,
            expected: 'StringEquals',
          })),
          statement: statement.statement.index,
          issuer: url,
          concerns: [url],
          latent,
          fix: {
            summary: `Compare the subject with StringEquals, and list those who are meant to have this role${meant.length === 0 ? '' : `: ${listed(meant)}`}.`,
            ...(meant.length === 0 ? {} : { edits }),
          },
        },
      ];
    }),
});
