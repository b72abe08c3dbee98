import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { pipelineForm } from '../../../facts/statement/pipeline-subject.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { doubtAbout, exposureMessage } from '../../../facts/exposure/exposure.js';
import { sharedAt, sharedStatements } from '../../../facts/exposure/tenant.js';
import { listed } from '../../../lib/list-in-words.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  open: ({ name, pattern }: { name: string; pattern: string }) =>
    `Anybody with an account at ${name} can assume this role: ${pattern} leaves the owner open.`,
  latent: ({ name, pattern }: { name: string; pattern: string }) =>
    `Once its other defects are repaired, anybody with an account at ${name} can assume this role: ${pattern} leaves the owner open.`,
  possible: ({ doubt, name, pattern }: { doubt: string; name: string; pattern: string }) =>
    `Unless ${doubt} denies them, anybody with an account at ${name} can assume this role: ${pattern} leaves the owner open.`,
} satisfies Messages;

/** What to write: before a wildcard by itself there is no place for an owner. */
function adviceFor(values: readonly string[], url: IssuerId): string {
  if (!values.every((value) => /^[*?]+$/.test(value)))
    return 'Put your own owner or organization before the first wildcard; only you know its name.';
  const form = pipelineForm(url);
  return `Name your own owner or organization in the place of ${listed([...new Set(values)])}${form === null ? '' : `: a subject is ${form}`}; only you know its name.`;
}

/** The subject pattern of a shared issuer leaves open whose token it is. */
export const subjectOpenOnSharedIssuer = defineRule({
  id: 'subject-open-on-shared-issuer',
  cause: 'trust-sub-too-broad',
  kind: 'exposure',
  severity: 'critical',
  confidence: 'certain',
  scope: 'account',
  link: 'open to an issuer',
  needs: ['roles'],
  uses: ['providers'],
  title: 'Any tenant of a shared issuer',
  why: 'The issuer signs tokens for all of its customers. A pattern with a wildcard in the place of the owner or organization allows the tokens of strangers.',
  references: [
    'IAM/id_roles_providers_oidc_secure-by-default.html',
    'https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services',
  ],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    sharedStatements(role, facts).flatMap((one) => {
      const { statement, url, shared, limit, open, latent } = one;
      const [first] = open;
      if (limit !== 'open' || first === undefined) return [];
      return [
        {
          message: messages[exposureMessage(one)]({
            name: shared.name,
            doubt: doubtAbout(one),
            pattern: open.map(({ value }) => value).join(', '),
          }),
          ...sharedAt(one),
          evidence: open.map(({ value, path }) => ({ what: 'subject', path, found: value, expected: null })),
          statement: statement.statement.index,
          issuer: url,
          concerns: [url],
          latent,
          fix: {
            summary: adviceFor(
              open.map(({ value }) => value),
              url,
            ),
          },
        },
      ];
    }),
});
