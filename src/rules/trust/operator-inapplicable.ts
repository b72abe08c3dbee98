import { kubernetesIssuersOf } from '../../facts/kubernetes-issuer.js';
import { trustPolicies } from '../../facts/subject-of.js';
import { hasWildcard } from '../../policy/glob.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../define-rule.js';

const messages = {
  wrong: ({ operator, key }: { operator: string; key: string }) =>
    `${operator} on ${key} can not match: the claim is plain text, for which there are StringEquals and StringLike.`,
} satisfies Messages;

/** An operator for ARNs, numbers, dates or addresses on a claim that is plain text. */
export const operatorInapplicable = defineRule({
  id: 'operator-inapplicable',
  cause: 'trust-operator-wrong',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'account',
  link: 'operator',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['clusters'],
  title: 'The operator does not fit the claim',
  why: 'Subject and audience are plain text. ARN operators compare six parts between colons where a subject has four; numbers, dates, truth values and addresses they are not.',
  error: STS_NOT_AUTHORIZED,
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: ({ statements }, facts) =>
    statements.flatMap((statement) => {
      const [url] = kubernetesIssuersOf(statement, facts);
      if (url === undefined) return [];
      return statement.conditions.flatMap((condition) => {
        const { operator, entry } = condition;
        const text = ['sub', 'aud'].includes(condition.claim ?? '');
        // A negated one shuts nobody out: that is an exposure, and told as such.
        if (!text || operator === null || operator.negated || operator.family === 'string' || operator.family === 'null') return [];
        const like = operator.wildcards && entry.values.some(({ value }) => hasWildcard(value)) ? 'StringLike' : 'StringEquals';
        return [
          {
            message: messages.wrong({ operator: entry.operator, key: entry.key }),
            evidence: [{ what: 'condition operator', path: entry.path, found: entry.operator, expected: like }],
            statement: statement.statement.index,
            issuer: url,
            fix: { summary: `Compare ${entry.key} with ${like}.`, edits: [{ kind: 'condition', path: entry.path, operator: like }] },
          },
        ];
      });
    }),
});
