import { isPositive } from '../../facts/absent-key.js';
import type { Facts, RoleFacts } from '../../facts/facts.js';
import { isKubernetesIssuer } from '../../facts/kubernetes-issuer.js';
import { audiencesInUse, mayBeOf, namedHereAlone } from '../../facts/role-callers.js';
import { takesValue } from '../../facts/takes-value.js';
import { carriedFromUndescribed, trustPolicies } from '../../facts/subject-of.js';
import { carriersUnread } from '../../facts/unread-carriers.js';
import { concerns, conditionsOn, type Condition, type WebIdentityStatement } from '../../facts/web-identity.js';
import { audiencesTaken, claimIn, tokensFor, valueAt } from '../../model/about.js';
import { DEFAULT_AUDIENCE } from '../../model/annotations.js';
import { hasVariable } from '../../policy/variables.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../define-rule.js';

/** Audiences that tokens for this role carry; null where nobody can tell. */
function inUse(role: RoleFacts, url: string, facts: Facts): readonly string[] | null {
  if (isKubernetesIssuer(url, facts)) {
    const audiences = audiencesInUse(role, url);
    return role.users.every((user) => !mayBeOf(user, url) || audiences.includes(user.audience)) ? audiences : null;
  }
  const provider = facts.providerOf(url);
  return provider?.detail.known === true && provider.detail.value.clientIds.length > 0 ? provider.detail.value.clientIds : null;
}

function audienceConditions(statement: WebIdentityStatement, url: string): Condition[] {
  return conditionsOn(statement, 'aud').filter((one) => concerns(one, url) && isPositive(one) && one.operator?.family === 'string');
}

const messages = {
  other: ({ found, issuer, expected }: { found: string; issuer: string; expected: string }) =>
    `The trust policy demands the audience ${found}, but tokens of ${issuer} for this role carry ${expected}.`,
} satisfies Messages;

/** The audience that the trust policy demands is one that no token for this role carries. */
export const audienceMismatch = defineRule({
  id: 'audience-mismatch',
  cause: 'trust-aud-mismatch',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'audience',
  needs: ['roles'],
  uses: ['service-accounts', 'providers'],
  looksAt: ['clusters', 'pod-identity-associations'],
  title: 'The trust policy demands another audience than the tokens have',
  why: 'EKS gives tokens the audience sts.amazonaws.com in every partition, unless the service account asks for another. Of other issuers only the audiences of the provider get in.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html',
  ],
  subjects: (facts) => [...trustPolicies(facts), ...carriedFromUndescribed(facts, ({ audience }) => audience !== DEFAULT_AUDIENCE)],
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) =>
      statement.issuers.flatMap((url): Raised[] => {
        const audiences = inUse(role, url, facts);
        if (audiences === null) return [];
        const kubernetes = isKubernetesIssuer(url, facts);
        const alone = new Set(namedHereAlone(statement, role).map(({ audience }) => audience));
        const served = (audience: string): boolean =>
          !alone.has(audience) &&
          role.statements.some(
            (one) => one.issuers.includes(url) && audienceConditions(one, url).every((condition) => takesValue(condition, audience)),
          );
        return audienceConditions(statement, url).flatMap((condition): Raised[] => {
          const { entry } = condition;
          const values = entry.values.map(({ value }) => value);
          if (values.length === 0 || values.some(hasVariable)) return [];
          // A cluster's service accounts must each get in; of another issuer's audiences one that fits is enough.
          const missing = kubernetes
            ? audiences.filter((audience) => !takesValue(condition, audience) && !served(audience))
            : audiences.some((audience) => takesValue(condition, audience))
              ? []
              : [...audiences];
          if (missing.length === 0) return [];
          const kept = values.filter((value) => audiences.includes(value));
          const expected = [...new Set([...kept, ...missing])];
          const certain = kubernetes || expected.length === 1;
          return [
            {
              message: messages.other({ found: values.join(', '), expected: missing.join(', '), issuer: url }),
              evidence: entry.values.map(({ value, path }) => ({
                what: 'audience',
                path,
                found: value,
                expected: expected.length === 1 ? (expected[0] ?? null) : expected,
              })),
              statement: statement.statement.index,
              issuer: url,
              about: [
                claimIn(statement.statement.index, 'aud'),
                ...entry.values.slice(0, 1).map(({ path }) => valueAt(path)),
                tokensFor(url, missing),
                audiencesTaken(url),
              ],
              unless: kubernetes ? carriersUnread(url, facts) : null,
              fix: {
                summary: `Demand the audience ${expected.join(' or ')}.`,
                ...(certain ? { edits: [{ kind: 'condition', path: entry.path, values: expected }] } : {}),
              },
            },
          ];
        });
      }),
    ),
});
