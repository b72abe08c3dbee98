import { createHash } from 'node:crypto';
import type { Subject } from '../../model/report/finding.js';

/**
 * Identity of a finding across runs: account, region, rule, subject and, where a statement is meant, its issuer. Wording,
 * order, time, counts and related things are no part of it, so that a new pod or role does not reopen a finding.
 * @returns 32 hex digits
 */
export function fingerprint(account: string, rule: string, subject: Subject, issuer: string | null): string {
  const parts = [account, subject.region ?? '', rule, subject.type, subject.arn ?? subject.id, issuer ?? ''];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
