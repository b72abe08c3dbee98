import { listed } from '../../../lib/list-in-words.js';
import { isKubernetesIssuer } from '../../../facts/provider/kubernetes-issuer.js';
import { callerSubjects } from '../../../facts/trust/service-accounts-of-role.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { conditionsOn, type Condition, type WebIdentityStatement } from '../../../facts/statement/web-identity.js';
import { valueAt, valuesIn } from '../../../model/contract/about.js';
import { hasWildcard } from '../../../policy/pattern/glob.js';
import { isBuiltIn, keysOfIssuer } from '../../../policy/language/issuer-keys.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

const messages = {
  literal: ({ value, operator, claim }: { value: string; operator: string; claim: string }) =>
    `The ${claim} ${value} is under ${operator}, where its wildcard is a plain character: no token can match it.`,
} satisfies Messages;

/** A claim that holds no wildcard, and the word for it. */
interface Text {
  readonly condition: Condition;
  readonly claim: string;
  readonly words: 'subject' | 'audience';
}

/** The conditions on subjects; and on audiences where no provider lists them: there they are ids that AWS or the issuer gave. */
function textsOf(statement: WebIdentityStatement): readonly Text[] {
  const builtIn = statement.issuers.filter(isBuiltIn).map(keysOfIssuer);
  const of = (claim: string, words: Text['words']): Text[] =>
    conditionsOn(statement, claim).map((condition) => ({ condition, claim, words }));
  const subjects = [...new Set(['sub', ...builtIn.map(({ subject }) => subject)])].flatMap((claim) => of(claim, 'subject'));
  const audiences = [...new Set(builtIn.map(({ audience }) => audience))].flatMap((claim) => of(claim, 'audience'));
  return [...subjects, ...audiences.filter(({ condition }) => isBuiltIn(condition.key.issuer))];
}

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
  looksAt: ['service-accounts', 'clusters', 'pod-identity-associations', 'addons', 'workloads'],
  title: 'Wildcard under an equals operator',
  why: 'StringEquals compares character by character: "*" and "?" are wildcards only under StringLike. No token has a subject with such a character, so the condition is never met.',
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_elements_condition_operators.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role, facts) =>
    role.statements.flatMap((statement) =>
      textsOf(statement).flatMap(({ condition: { entry, operator, key }, claim, words }) => {
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
            message: messages.literal({ value: first.value, operator: entry.operator, claim: words }),
            evidence: entry.values.map(({ value, path }) => ({ what: words, path, found: value, expected: null })),
            statement: statement.statement.index,
            issuer: url,
            about: [valuesIn(statement.statement.index, claim), valueAt(first.path)],
            fix:
              callers.length > 0
                ? {
                    summary: `List the exact service accounts: ${listed(callers)}.`,
                    edits: [{ kind: 'condition', path: entry.path, values: callers }],
                  }
                : {
                    summary: `Compare the ${words} with ${like}, or list the exact ${isKubernetesIssuer(url, facts) ? 'service accounts' : `${words}s`}.`,
                    ...(words === 'audience' ? {} : { edits: [{ kind: 'condition', path: entry.path, operator: like }] }),
                  },
          },
        ];
      }),
    ),
});
