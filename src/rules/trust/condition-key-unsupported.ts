import { passesWithoutKey } from '../../facts/absent-key.js';
import { kubernetesIssuersOf } from '../../facts/kubernetes-issuer.js';
import { trustPolicies } from '../../facts/subject-of.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../define-rule.js';

/** Keys about a caller that has signed its request: a web identity has not. Other `aws:` and `sts:` keys may be there. */
const OF_SIGNED_CALLERS =
  /^(?:aws:(?:PrincipalArn|PrincipalAccount|PrincipalOrgID|PrincipalOrgPaths|PrincipalTag\/.*|userid|username|MultiFactorAuth\w+|SourceArn|SourceAccount)|sts:ExternalId)$/i;

const messages = {
  absent: ({ key }: { key: string }) =>
    `The condition on ${key} can hardly be met: a call with a web identity token does not have that key.`,
} satisfies Messages;

/** A condition on a key that a web-identity call does not have. */
export const conditionKeyUnsupported = defineRule({
  id: 'condition-key-unsupported',
  cause: 'trust-unsatisfiable',
  kind: 'break',
  severity: 'medium',
  confidence: 'possible',
  scope: 'account',
  link: 'condition key',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['clusters'],
  title: 'Condition key not in web identity',
  why: 'A call with a web identity token is not signed: keys about the signing principal, an external id or a SAML assertion are absent, and a condition on an absent key is not met.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html',
  ],
  subjects: (facts) => trustPolicies(facts),
  evaluate: ({ statements }, facts) =>
    statements.flatMap((statement) => {
      if (statement.conditions.every(({ key }) => key.kind !== 'global')) return [];
      const [url] = kubernetesIssuersOf(statement, facts);
      const onlyWebIdentity =
        statement.statement.principals.every(({ kind }) => kind === 'Federated') &&
        statement.federated.every(({ named }) => named.kind !== 'saml');
      if (url === undefined || !onlyWebIdentity) return [];
      return statement.conditions.flatMap((condition) => {
        const { key, entry } = condition;
        const foreign = key.kind === 'global' && (!/^(?:aws|sts):/i.test(entry.key) || OF_SIGNED_CALLERS.test(entry.key));
        if (!foreign || passesWithoutKey(condition)) return [];
        return [
          {
            message: messages.absent({ key: entry.key }),
            evidence: [{ what: 'condition key', path: entry.path, found: entry.key, expected: null }],
            statement: statement.statement.index,
            issuer: url,
            fix: {
              summary: `Take the condition on ${entry.key} out of this statement.`,
              edits: [{ kind: 'remove-condition', path: entry.path }],
            },
          },
        ];
      });
    }),
});
