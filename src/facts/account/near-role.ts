import { memo } from '../../lib/memo.js';
import { only } from '../../lib/one-or-list.js';
import type { Has, RoleHas } from './facts.js';
import { NearNames } from '../../lib/near-names.js';

const nameIndex = memo(({ roles }: Has<'roles'>) => new NearNames(roles, ({ role }) => role.name));

/**
 * The role that a name was meant for: the one of that name whatever its case and its path, of which an account has only one,
 * else the only one that is a letter off.
 */
export function nearRole(name: string, facts: Has<'roles'>): RoleHas | null {
  // Of a list that broke off nobody knows that it holds the only one.
  const near = facts.inventory.roles.known ? nameIndex(facts).near(name) : [];
  const exact = near.find(({ role }) => role.name.toLowerCase() === name.toLowerCase());
  return exact ?? only(near);
}
