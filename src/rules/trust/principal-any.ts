import { isPositive } from '../../facts/absent-key.js';
import type { RoleFacts } from '../../facts/facts.js';
import { roleSubject } from '../../facts/subject-of.js';
import { parseConditionKey } from '../../policy/condition-key.js';
import { parseOperator } from '../../policy/condition-operators.js';
import { matchesGlob, parseGlob } from '../../policy/glob.js';
import type { Statement } from '../../policy/parse.js';
import { defineRule } from '../define-rule.js';

/** Whether something about the caller is asked for: any positive condition on a global key, of which many name a caller. */
function limitsCaller({ conditions }: Statement): boolean {
  return conditions.some((entry) => {
    const key = parseConditionKey(entry.key);
    const operator = parseOperator(entry.operator);
    return key.kind === 'global' && isPositive({ operator }) && operator?.ifExists === false && operator.set !== 'ForAllValues';
  });
}

function allowsAssumeRole({ actions, negatedAction }: Statement): boolean {
  return actions.some(({ value }) => matchesGlob(parseGlob(value.toLowerCase()), 'sts:assumerole')) !== negatedAction;
}

/** Every principal of every account may take the role. */
export const principalAny = defineRule<RoleFacts>({
  id: 'principal-any',
  cause: 'trust-principal-any',
  since: '0.1.0',
  kind: 'exposure',
  severity: 'critical',
  confidence: 'certain',
  scope: 'account',
  needs: ['roles'],
  uses: [],
  title: 'Anybody in any AWS account can take the role',
  why: 'The principal {"AWS": "*"} stands for every principal of every account. Without a condition on the caller the role is open to the world.',
  error: null,
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html'],
  messages: { any: 'The statement at {path} lets every AWS principal of every account take this role.' },
  subjects: (facts) => facts.roles.filter(({ serviceLinked }) => !serviceLinked).map((of) => ({ subject: roleSubject(of.role), of })),
  evaluate: ({ policy }, facts) =>
    policy.statements.flatMap((statement) => {
      const open = statement.principals.filter(({ kind, value }) => value === '*' && (kind === 'AWS' || kind === '*'));
      if (
        statement.effect !== 'Allow' ||
        statement.negatedPrincipal ||
        open.length === 0 ||
        !allowsAssumeRole(statement) ||
        limitsCaller(statement)
      )
        return [];
      const root = `arn:${facts.inventory.partition}:iam::${facts.inventory.account}:root`;
      return [
        {
          message: 'any',
          data: { path: statement.path },
          evidence: open.map(({ value, path }) => ({ what: 'AWS principal', path, found: value, expected: null })),
          statement: statement.index,
          fragment: open[0]?.path ?? statement.path,
          fix: {
            summary: `Name the principals that are meant; ${root} lets in whom this account's own policies allow.`,
            edits: open.filter(({ kind }) => kind === 'AWS').map(({ path }) => ({ kind: 'principal', path, value: root })),
          },
        },
      ];
    }),
});
