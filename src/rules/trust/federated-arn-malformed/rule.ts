import { retargetEdits } from '../../../facts/trust/switch-provider-edits.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import type { FederatedPrincipal } from '../../../facts/statement/web-identity.js';
import { valueAt } from '../../../model/contract/about.js';
import { providerArn } from '../../../policy/language/federated.js';
import { isBuiltIn } from '../../../policy/language/issuer-keys.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

/** A host by itself, such as that of GitHub: AWS knows four so, and finds every other issuer by the ARN of its provider. */
const isUnknownHost = ({ named }: FederatedPrincipal): boolean => named.kind === 'domain' && !isBuiltIn(named.domain);

/** What keeps a principal from naming a provider; null where it names one. */
function problemOf(principal: FederatedPrincipal): string | null {
  if (principal.named.kind === 'malformed') return principal.named.problem;
  return isUnknownHost(principal) ? 'AWS knows no provider by this host; an issuer is named by the ARN of its provider' : null;
}

const messages = {
  form: ({ value, problem }: { value: string; problem: string }) => `The principal ${value} names no provider: ${problem}.`,
} satisfies Messages;

/** A federated principal that is the ARN of no possible provider. */
export const federatedArnMalformed = defineRule({
  id: 'federated-arn-malformed',
  cause: 'trust-federated-malformed',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'form of the principal',
  deadPiece: true,
  needs: ['roles'],
  title: 'Provider ARN malformed',
  why: 'STS compares the principal with the ARN of the provider that the token came by: arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>. Anything else names nobody.',
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_elements_principal.html', 'EKS/associate-service-account-role.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: ({ statements }, facts) =>
    statements.flatMap((statement) =>
      statement.federated.flatMap((principal) => {
        const { entry, url } = principal;
        const problem = problemOf(principal);
        if (problem === null) return [];
        const { partition, account } = facts.inventory;
        const meant = url === null ? null : providerArn(partition, account, url);
        return [
          {
            message: messages.form({ value: entry.value, problem }),
            evidence: [{ what: 'federated principal', path: entry.path, found: entry.value, expected: meant }],
            statement: statement.statement.index,
            ...(url === null ? {} : { issuer: url, concerns: [url] }),
            about: [valueAt(entry.path)],
            fix:
              meant === null || url === null
                ? { summary: 'Write the ARN of the provider.' }
                : { summary: `Write the principal as ${meant}.`, edits: retargetEdits(statement, principal, url, facts) },
          },
        ];
      }),
    ),
});
