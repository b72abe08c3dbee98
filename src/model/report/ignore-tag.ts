/** With those that say what manages them, the one tag of roles and providers that is kept: others may hold anything. Of clusters all are, which settings may name. */
export const IGNORE_TAG = 'irsa-auditor:ignore';
