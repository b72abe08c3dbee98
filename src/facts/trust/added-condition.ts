import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { listed } from '../../lib/list-in-words.js';
import type { TrustEdit } from '../../policy/edit/repair.js';
import { isSharedWithOthers } from './service-accounts-of-role.js';
import type { WebIdentityStatement } from '../statement/web-identity.js';

/** A condition that a statement lacks for one issuer. */
interface Lacking {
  readonly statement: WebIdentityStatement;
  /** Issuer without `https://`. */
  readonly url: IssuerId;
  readonly claim: string;
}

/**
 * How to add a condition to what a statement requires of one issuer, in words. Whoever else the statement is for has no such claim
 * and would be denied: the issuer gets a statement of its own then.
 * @param words what to add, as it follows on "Add"
 */
export const adviceToAdd = ({ statement, url }: Lacking, words: string): string =>
  isSharedWithOthers(statement, url)
    ? `Give ${url} a statement of its own, with the conditions on its own claims, and add ${words} there.`
    : `Add ${words}.`;

/** The fix that adds StringEquals with these values; edits only where nobody else would be denied, and the values may be written. */
export function addCondition(lacking: Lacking, values: readonly string[], isSure: boolean) {
  const { statement, url, claim } = lacking;
  const key = `${url}:${claim}`;
  const edits: readonly TrustEdit[] =
    isSure && !isSharedWithOthers(statement, url)
      ? [{ kind: 'add-condition', statement: statement.statement.index, operator: 'StringEquals', key, values }]
      : [];
  return { summary: adviceToAdd(lacking, `StringEquals on ${key} with ${listed(values)}`), ...(edits.length === 0 ? {} : { edits }) };
}
