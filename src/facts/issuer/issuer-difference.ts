import { eksIssuer } from './issuer.js';
import { editDistance } from '../../lib/nearest.js';

export type IssuerDifference = 'host' | 'case' | 'port' | 'slash' | 'typo';

/** More than this many different characters of an id are another id, not a typo. */
const TYPO_LIMIT = 2;

/** Whether AWS may take the two for one all the same: it does not say. */
export const isUndocumented = (difference: IssuerDifference): boolean => difference === 'slash' || difference === 'port';

/** How a provider's URL differs from an issuer, where the one was plainly meant to be the other; null where it is another. */
export function issuerDifference(issuer: string, other: string): IssuerDifference | null {
  if (issuer === other) return null;
  if (`${issuer}/` === other || `${other}/` === issuer) return 'slash';
  if (issuer.toLowerCase() === other.toLowerCase()) return 'case';
  const withoutPort = (url: string): string => (url.includes(':') ? url.replace(/^([^/]+?):\d+/, '$1') : url);
  if (withoutPort(issuer) === withoutPort(other)) return 'port';
  const left = eksIssuer(issuer);
  const right = eksIssuer(other);
  if (left === null || right === null) return null;
  if (left.id.toUpperCase() === right.id.toUpperCase()) return 'host';
  return left.region === right.region && isTypo(left.id, right.id) ? 'typo' : null;
}

/** Ids have one length, so counting what differs in place decides nearly always; the slower way is for a character too many or too few. */
function isTypo(left: string, right: string): boolean {
  if (left.length !== right.length) return editDistance(left, right, TYPO_LIMIT) <= TYPO_LIMIT;
  let different = 0;
  for (let at = 0; at < left.length && different <= TYPO_LIMIT; at += 1) if (left[at] !== right[at]) different += 1;
  return different <= TYPO_LIMIT;
}
