import type { ClusterHas, InventoryHas } from '../../model/contract/has.js';
import type { Cluster, Inventory } from '../../model/inventory/inventory.js';
import { allClusters } from '../../model/inventory/all-clusters.js';
import { seen } from '../../model/inventory/observed.js';
import type { Need } from '../../model/contract/sections.js';
import { verdictOf, type WebIdentityRequest } from '../../policy/language/evaluate.js';
import { indexClusters, type ClusterIndex } from '../issuer/issuing-clusters.js';
import { indexProviders, type ProviderIndex } from '../issuer/named-providers.js';
import { indexRoles, type RoleFacts, type RoleHas, type RoleIndex, type Trust } from './role-facts.js';
import { indexUsers, type Carriers, type UserIndex } from './role-users.js';

export type { ClusterIndex, IssuingCluster, IssuingHas } from '../issuer/issuing-clusters.js';
export type { RoleFacts, RoleHas, RoleIndex } from './role-facts.js';
export type { Carriers, GivenBy, RoleUser, ShowsAssociations } from './role-users.js';

/** What there is whichever sections were declared. */
export interface Always<I> {
  readonly inventory: I;
  /** Whether a role allows this identity. */
  admits(role: Pick<Trust, 'policy'>, request: WebIdentityRequest): 'allowed' | 'denied' | 'undecided';
}

type Users<C> = Pick<UserIndex<C>, 'usersOf'>;

/** All that rules share, derived once a run from one inventory. Pure. */
export interface Facts extends Always<Inventory>, ClusterIndex<Cluster>, ProviderIndex, RoleIndex<RoleFacts>, Users<Cluster> {}

/** What sections give, where all of them are among those that were declared. */
type Where<Sections extends Need, N extends Need, Index> = [Sections] extends [N] ? Index : unknown;

/** The facts as far as sections were declared: whoever is given these reaches nothing that comes from others. */
export type Has<N extends Need = never> = Always<InventoryHas<N>> &
  Where<'clusters', N, ClusterIndex<ClusterHas<N>>> &
  Where<'providers', N, ProviderIndex> &
  Where<'roles', N, RoleIndex<RoleHas<N>>> &
  Where<Carriers, N, Users<ClusterHas<N>>>;

/**
 * Derives the facts of an inventory. Never throws, whatever the inventory holds.
 * @param earlier those of the inventory that it is a part of: what both have is read once
 */
export function deriveFacts(inventory: Inventory, earlier?: Facts): Facts {
  const clusters = allClusters(inventory);
  const users = indexUsers(inventory, clusters);
  return {
    inventory,
    ...indexClusters(clusters),
    ...indexProviders(seen(inventory.providers)),
    ...indexRoles(inventory, users, earlier),
    usersOf: (cluster) => users.usersOf(cluster),
    admits: (role, request) => verdictOf(role.policy, request),
  };
}
