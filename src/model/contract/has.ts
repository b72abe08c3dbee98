import type { Cluster, Inventory, RegionInventory } from '../inventory/inventory.js';
import type { AccountNeeds, ClusterNeeds, Need } from './sections.js';
import type { Observed } from '../inventory/observed.js';

/** What a type holds for whoever declared sections: the members that depend on none, and those all of whose sections are among the declared. */
export type Declared<T, Needs, N extends Need> = Pick<
  T,
  { [K in keyof T]: K extends keyof Needs ? ([Needs[K]] extends [N] ? K : never) : K }[keyof T]
>;

/** A cluster as far as sections were declared; its name, region and ARN always. */
export type ClusterHas<N extends Need = never> = Declared<Cluster, ClusterNeeds, N>;

export interface RegionHas<C> extends Pick<RegionInventory, 'region'> {
  readonly clusters: Observed<readonly C[]>;
}

/** The regions, for whoever declared anything of clusters. */
export interface HasRegions<C = ClusterHas> {
  readonly regions: readonly RegionHas<C>[];
}

/** An inventory as far as sections were declared; what says of which account it is, and when it was read, always. */
export type InventoryHas<N extends Need = never> = Declared<Omit<Inventory, 'regions'>, AccountNeeds, N> &
  ([Exclude<N, AccountNeeds[keyof AccountNeeds]>] extends [never] ? unknown : HasRegions<ClusterHas<N>>);
