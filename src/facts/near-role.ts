import { only } from '../lib/one-or-list.js';
import type { Facts, RoleFacts } from './facts.js';
import { NearNames } from '../lib/near-names.js';

const indexed = new WeakMap<Facts, NearNames<RoleFacts>>();

/**
 * The role that a name was meant for: the one of that name whatever its case and its path, of which an account has only one,
 * else the only one that is a letter off.
 */
export function nearRole(name: string, facts: Facts): RoleFacts | null {
  const names = indexed.get(facts) ?? new NearNames(facts.roles, ({ role }) => role.name);
  indexed.set(facts, names);
  const near = names.near(name);
  const exact = near.find(({ role }) => role.name.toLowerCase() === name.toLowerCase());
  return exact ?? only(near);
}
