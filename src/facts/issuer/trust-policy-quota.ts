import type { InventoryHas } from '../../model/contract/has.js';

/** The default, and the most that a request raises it to (IAM User Guide, "IAM and AWS STS quotas"; newer tables have 8,192). */
const DEFAULT = 2_048;
const HIGHEST = 8_192;

/** How many characters a trust policy may have, white space left out. */
export interface TrustPolicyQuota {
  /** The account's own, or the default where it was not read. */
  readonly usual: number;
  /** What no trust policy of the account can exceed. */
  readonly most: number;
  readonly isRead: boolean;
}

/** The quota of an account for the length of its trust policies. */
export function trustPolicyQuota({ quotas }: InventoryHas<'quotas'>): TrustPolicyQuota {
  const read = quotas.known ? quotas.value.trustPolicyLength : null;
  return { usual: read ?? DEFAULT, most: read ?? HIGHEST, isRead: read !== null };
}
