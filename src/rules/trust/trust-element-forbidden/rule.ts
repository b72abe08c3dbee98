import type { RoleHas } from '../../../facts/account/facts.js';
import { editableRoles } from '../../../facts/trust/role-entries.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

/** Whether a role is for web identities, or holds a document that cannot be read in full and may be. */
function isAboutWebIdentity({ role, policy, statements }: RoleHas): boolean {
  if (statements.length > 0 || policy.statements.length === 0) return true;
  const unreadable = policy.problems.length > 0 || policy.statements.some(({ problems }) => problems.length > 0);
  return unreadable && /oidc|WebIdentity/i.test(JSON.stringify(role.trustPolicy));
}

const messages = {
  problem: ({ path, problem }: { path: string; problem: string }) => `At ${path} of the trust policy ${problem}.`,
} satisfies Messages;

/** A trust policy with something in it that IAM's grammar does not have. */
export const trustElementForbidden = defineRule({
  id: 'trust-element-forbidden',
  cause: 'trust-element-forbidden',
  kind: 'break',
  severity: 'medium',
  confidence: 'likely',
  scope: 'account',
  link: 'grammar of the trust policy',
  needs: ['roles'],
  title: 'Trust policy not valid for IAM',
  why: 'What IAM would refuse cannot be judged as it is: nobody can say whom such a statement allows. An account does not hold such a policy, unless it is older than a check; a rendered file may.',
  references: ['IAM/reference_policies_grammar.html'],
  subjects: (facts) => editableRoles(facts).filter(({ of }) => isAboutWebIdentity(of)),
  evaluate: ({ policy, role }) => {
    const problems = [
      ...policy.problems.map((one) => ({ ...one, index: null })),
      ...policy.statements.flatMap(({ problems: own, index }) => own.map((one) => ({ ...one, index }))),
    ];
    const [first] = problems;
    if (first === undefined) return [];
    return [
      {
        message: messages.problem({ path: first.path, problem: first.problem }),
        evidence: problems.map(({ path, problem }) => ({
          what: problem,
          path,
          found: path === '$' ? role.trustPolicy : null,
          expected: null,
        })),
        ...(first.index === null ? {} : { statement: first.index }),
        fix: { summary: 'Write the policy by the grammar of IAM; `aws iam update-assume-role-policy` says what it does not take.' },
      },
    ];
  },
});
