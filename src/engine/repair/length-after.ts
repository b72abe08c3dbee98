import type { Facts } from '../../facts/account/facts.js';
import { trustPolicyQuota } from '../../facts/issuer/trust-policy-quota.js';
import type { Patch } from '../../model/report/finding.js';
import { policyLength } from '../../policy/edit/repair.js';

/** How long a trust policy becomes, where IAM does not take that, or may not. */
export function lengthAfter(patch: Patch | null, { inventory }: Facts): { readonly fits: boolean; readonly remark: string } {
  if (patch === null) return { fits: true, remark: '' };
  const { usual, most, isRead } = trustPolicyQuota(inventory);
  const length = policyLength(patch.after);
  if (length <= Math.max(usual, policyLength(patch.before))) return { fits: true, remark: '' };
  if (length <= most)
    return { fits: true, remark: ` The trust policy has ${length} characters then, and the quota is ${usual} unless it was raised.` };
  const quota = isRead ? 'what the quota of this account allows' : 'the most that a raised quota allows';
  return {
    fits: false,
    remark: ` The trust policy would have ${length} characters, and ${most} are ${quota}: give some of those that it is for a role of their own.`,
  };
}
