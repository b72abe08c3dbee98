import { admitsPods } from '../../../facts/account/may-be-associated.js';
import { rolesForPods } from '../../../facts/trust/role-entries.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  administrative: ({ reason }: { reason: string }) => `Web identities can assume this role, and it is administrative by ${reason}.`,
  pods: ({ reason }: { reason: string }) => `EKS Pod Identity can give this role to pods, and it is administrative by ${reason}.`,
} satisfies Messages;

/** A role for pods or pipelines that is the master of the account. */
export const permissionsAdministrative = defineRule({
  id: 'permissions-administrative',
  cause: 'role-permissions-administrative',
  kind: 'hygiene',
  severity: 'info',
  confidence: 'certain',
  scope: 'account',
  link: 'administration',
  needs: ['roles'],
  looksAt: ['managed-policies'],
  title: 'Web identity role is administrative',
  why: 'Whoever gets into one pod or pipeline with this role owns the account. It raises the severity of everything that opens the role.',
  references: ['IAM/best-practices.html'],
  subjects: (facts) => rolesForPods(facts),
  evaluate: (role) => {
    const { administrative, statements } = role;
    const byWebIdentity = statements.some(({ allowsWebIdentity }) => allowsWebIdentity);
    if (administrative === null || !(byWebIdentity || admitsPods(role))) return [];
    return [
      {
        message: messages[byWebIdentity ? 'administrative' : 'pods']({ reason: administrative }),
        evidence: [
          {
            what: 'policies of the role',
            path: null,
            found: [...role.role.attachedPolicyArns, ...role.role.inlinePolicies.map(({ name }) => name)],
            expected: null,
          },
        ],
        fix: null,
      },
    ];
  },
});
