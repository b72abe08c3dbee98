import { quotaRequest } from '../../../facts/issuer/quota-request.js';
import { webIdentityRoles } from '../../../facts/trust/role-entries.js';
import { trustPolicyQuota } from '../../../facts/issuer/trust-policy-quota.js';
import { conditionsOn, valuesOf } from '../../../facts/statement/web-identity.js';
import { policyLength } from '../../../policy/edit/repair.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const RAISED = 4_096;

const messages = {
  near: ({ length, quota, next }: { length: number; quota: number; next: number }) =>
    `The trust policy has ${length} of ${quota} characters; one more statement like its longest takes ${next}.`,
  subjects: ({ length, quota, next }: { length: number; quota: number; next: number }) =>
    `The trust policy has ${length} of ${quota} characters in one statement; one more subject like its longest takes ${next}.`,
} satisfies Messages;

/** A trust policy that soon has no room for one more cluster. */
export const trustSizeNearQuota = defineRule({
  id: 'trust-size-near-quota',
  cause: 'trust-size-near-quota',
  kind: 'hygiene',
  severity: 'info',
  confidence: 'certain',
  scope: 'account',
  link: 'quotas',
  needs: ['roles'],
  uses: ['quotas'],
  title: 'Trust policy near its size quota',
  why: 'Each cluster that uses a role takes a statement of some four hundred characters. When the quota is reached, adding a cluster fails in the middle of a deployment.',
  references: ['IAM/reference_iam-quotas.html'],
  subjects: (facts) => webIdentityRoles(facts),
  evaluate: ({ role, statements }, { inventory }) => {
    const [only, ...others] = statements;
    if (only === undefined) return [];
    const { usual: quota, isRead } = trustPolicyQuota(inventory);
    const length = policyLength(role.trustPolicy);
    if (length < quota * 0.75) return [];
    const subjects = others.length > 0 ? [] : valuesOf(conditionsOn(only, 'sub'));
    const grows = subjects.length > 1 ? 'subjects' : 'near';
    const next =
      grows === 'near' ? Math.ceil(length / statements.length) : Math.max(...subjects.map((one) => JSON.stringify(one).length)) + 1;
    return [
      {
        message: messages[grows]({ length, quota, next }),
        severity: length >= quota * 0.9 ? 'low' : 'info',
        confidence: isRead ? 'certain' : 'possible',
        evidence: [{ what: 'characters without white space', path: '$', found: length, expected: null }],
        fix: {
          summary: 'Take out statements that are not needed any more, split the role, or ask for a higher quota.',
          // Whether it can be raised beyond that, the tables disagree.
          commands: quota < RAISED ? quotaRequest(inventory.partition, 'L-C07B4B0D', RAISED) : [],
        },
      },
    ];
  },
});
