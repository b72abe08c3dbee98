import { editDistance } from '../../lib/nearest.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';

const [DOMAIN = ''] = ROLE_ANNOTATION.split('/');
/** `eks.amazon.com` is three letters off, and so is kiam's `iam.amazonaws.com`. */
const SLIP_IN_DOMAIN = 3;
const SLIP_IN_NAME = 2;
/** What people write for `role-arn`, without signs and case. */
const NAMES = new Set(['role', 'iamrole', 'iamrolearn', 'arn']);

/** Whether the key of an annotation was plainly meant for the role: the domain or the name is a slip off, or both. */
export function isMisspeltRoleKey(key: string): boolean {
  if (key === ROLE_ANNOTATION || key.length > 64) return false;
  const slash = key.indexOf('/');
  if (slash < 0) return false;
  const name = key
    .slice(slash + 1)
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  return (
    (NAMES.has(name) || editDistance(name, 'rolearn', SLIP_IN_NAME) <= SLIP_IN_NAME) &&
    editDistance(key.slice(0, slash).toLowerCase(), DOMAIN, SLIP_IN_DOMAIN) <= SLIP_IN_DOMAIN
  );
}
