import { canBeCarried } from '../../../facts/statement/condition-semantics.js';
import { kubernetesIssuersOf } from '../../../facts/provider/kubernetes-issuer.js';
import { trustPolicies } from '../../../facts/trust/role-entries.js';
import type { Condition } from '../../../facts/statement/web-identity.js';
import { evaluateCondition } from '../../../policy/language/evaluate-condition.js';
import { hasWildcard } from '../../../policy/pattern/glob.js';
import { keysOfIssuer } from '../../../policy/language/issuer-keys.js';
import type { ConditionEntry } from '../../../policy/language/parse.js';
import type { Tristate } from '../../../policy/language/tristate.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

const messages = {
  wrong: ({ operator, key }: { operator: string; key: string }) =>
    `${operator} on ${key} can not match: the claim is plain text, for which there are StringEquals and StringLike.`,
  doubtful: ({ operator, key }: { operator: string; key: string }) =>
    `Whether ${operator} on ${key} ever matches is documented nowhere: the claim is plain text, for which there are StringEquals and StringLike.`,
} satisfies Messages;

const outcomeFor = (entry: ConditionEntry, value: string): Tristate =>
  evaluateCondition(entry, false, () => ({ state: 'present', value })).outcome;

/** Whether a claim that every token has is not known to match even the values themselves, which are none of the operator's type. */
function matchesNothing(condition: Condition): boolean {
  const { entry, key } = condition;
  const { subject, audience } = keysOfIssuer(key.issuer);
  const isAlwaysThere = canBeCarried(condition, false) && [subject, audience].includes(condition.claim ?? '');
  return isAlwaysThere && entry.values.length > 0 && entry.values.every(({ value }) => outcomeFor(entry, value) !== 'yes');
}

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
  title: 'Operator does not fit the claim',
  why: 'Subject and audience are plain text. ARN operators compare six parts between colons where a subject has four; numbers, dates, truth values and addresses they are not.',
  error: STS_NOT_AUTHORIZED,
  references: ['IAM/reference_policies_elements_condition_operators.html'],
  subjects: (facts) => trustPolicies(facts),
  evaluate: ({ statements }, facts) =>
    statements.flatMap((statement) => {
      const [ofCluster] = kubernetesIssuersOf(statement, facts);
      const [first] = statement.issuers;
      if (first === undefined) return [];
      return statement.conditions.flatMap((condition) => {
        const { operator, entry, key } = condition;
        // A negated one denies nobody: that is an exposure, and told as such.
        if (operator === null || operator.negated || operator.family === 'string' || operator.family === 'null') return [];
        const url = ofCluster ?? statement.issuers.find((one) => one.toLowerCase() === key.issuer.toLowerCase()) ?? first;
        const isText = ofCluster !== undefined && ['sub', 'aud', 'oaud'].includes(condition.claim ?? '');
        if (!isText && !matchesNothing(condition)) return [];
        const like = operator.wildcards && entry.values.some(({ value }) => hasWildcard(value)) ? 'StringLike' : 'StringEquals';
        // What an operator for ARNs, bytes or truth values makes of the very text that it compares is documented nowhere.
        const isOpen = entry.values.some(({ value }) => outcomeFor(entry, value) === 'undecided');
        return [
          {
            ...(isOpen ? { severity: 'medium' as const, confidence: 'possible' as const, error: null } : {}),
            message: (isOpen ? messages.doubtful : messages.wrong)({ operator: entry.operator, key: entry.key }),
            evidence: [{ what: 'condition operator', path: entry.path, found: entry.operator, expected: like }],
            statement: statement.statement.index,
            issuer: url,
            fix: { summary: `Compare ${entry.key} with ${like}.`, edits: [{ kind: 'condition', path: entry.path, operator: like }] },
          },
        ];
      });
    }),
});
