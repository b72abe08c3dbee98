import type { Inventory } from '../model/inventory.js';
import { whatArrived } from '../model/observed.js';
import { evaluateParsed, type WebIdentityRequest } from '../policy/evaluate.js';
import { indexClusters, type ClusterIndex } from './issuing-clusters.js';
import { indexProviders, type ProviderIndex } from './named-providers.js';
import { indexRoles, type RoleFacts, type RoleIndex } from './role-facts.js';
import { indexUsers, type UserIndex } from './role-users.js';

export type { IssuingCluster } from './issuing-clusters.js';
export type { RoleFacts } from './role-facts.js';
export type { RoleUser } from './role-users.js';

/** All that rules share, derived once a run from one inventory. Pure. */
export interface Facts extends ClusterIndex, ProviderIndex, RoleIndex, Pick<UserIndex, 'usersOf'> {
  readonly inventory: Inventory;
  /** Whether a role lets this identity in. */
  admits(role: RoleFacts, request: WebIdentityRequest): 'allowed' | 'denied' | 'undecided';
}

/** Derives the facts of an inventory. Never throws, whatever the inventory holds. */
export function deriveFacts(inventory: Inventory): Facts {
  const clusters = inventory.regions.flatMap((region) => whatArrived(region.clusters));
  const users = indexUsers(inventory, clusters);
  return {
    inventory,
    ...indexClusters(clusters),
    ...indexProviders(whatArrived(inventory.providers)),
    ...indexRoles(inventory, users),
    usersOf: (cluster) => users.usersOf(cluster),
    admits: (role, request) => evaluateParsed(role.policy, request).verdict,
  };
}
