import { listed } from '../../lib/list-in-words.js';
import { isKubernetesIssuer } from '../../facts/kubernetes-issuer.js';
import { callerSubjects } from '../../facts/role-callers.js';
import { trustPolicies } from '../../facts/subject-of.js';
import { conditionsOn } from '../../facts/web-identity.js';
import { valueAt, valuesIn } from '../../model/about.js';
import { hasWildcard } from '../../policy/glob.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../define-rule.js';

const messages = {
  literal: ({ value, operator }: { value: string; operator: string }) =>
    `The subject ${value} stands under ${operator}, where its wildcard is a plain character: no token can match it.`,
} satisfies Messages;

/** `*` or `?` under an equals operator is that very character, which no subject holds. */
export const subjectWildcardInEquals = defineRule({
  id: 'subject-wildcard-in-equals',
  cause: 'trust-sub-wildcard-in-equals',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'operator of the subject',
  deadPiece: true,
  needs: ['roles'],
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'addons'],
  title: 'A wildcard stands under an equals operator',
  why: 'StringEquals compares letter by letter: "*" and "?" are wildcards only under StringLike. No token has a subject with such a character, so the condition is never met.',
  error: STS_NOT_AUTHORIZED,
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) =>
      conditionsOn(statement, 'sub').flatMap(({ entry, operator, key }) => {
        if (operator === null || operator.family !== 'string' || operator.wildcards || operator.negated) return [];
        // Values are alternatives: one that can match keeps the condition alive.
        const [first] = entry.values;
        if (first === undefined || !entry.values.every(({ value }) => hasWildcard(value))) return [];
        const url = statement.issuers.find((one) => one.toLowerCase() === key.issuer.toLowerCase()) ?? statement.issuers[0] ?? key.issuer;
        // A wildcard in the namespace would open the role to everybody as soon as it had its meaning: then exact names.
        const broad =
          isKubernetesIssuer(url, facts) &&
          entry.values.some(({ value }) => hasWildcard(value.split(':').slice(0, 3).join(':')) || value.split(':').length < 4);
        const callers = broad ? callerSubjects(role, url) : [];
        const like = `${operator.set === null ? '' : `${operator.set}:`}StringLike${operator.ifExists ? 'IfExists' : ''}`;
        return [
          {
            message: messages.literal({ value: first.value, operator: entry.operator }),
            evidence: entry.values.map(({ value, path }) => ({ what: 'subject', path, found: value, expected: null })),
            statement: statement.statement.index,
            issuer: url,
            about: [valuesIn(statement.statement.index, 'sub'), valueAt(first.path)],
            fix:
              callers.length > 0
                ? {
                    summary: `List the exact service accounts: ${listed(callers)}.`,
                    edits: [{ kind: 'condition', path: entry.path, values: callers }],
                  }
                : {
                    summary: `Compare the subject with ${like}, or list the exact ${isKubernetesIssuer(url, facts) ? 'service accounts' : 'subjects'}.`,
                    edits: [{ kind: 'condition', path: entry.path, operator: like }],
                  },
          },
        ];
      }),
    ),
});
