/** The one tag of roles and providers that anything reads: others may hold anything, and are not kept. Of clusters all are, which settings may name. */
export const IGNORE_TAG = 'irsa-auditor:ignore';
