import type { Cluster, Inventory } from '../../src/model/inventory.js';
import { unknown, type Observed } from '../../src/model/observed.js';
import type { Need } from '../../src/model/sections.js';

/** A section of the inventory that may not be read, by whatever there is to declare for it. */
export interface Section {
  readonly name: string;
  /** A rule that has one of these among its `needs` or `uses` says that it looks at the section. */
  readonly declaredAs: readonly Need[];
  /** The same account without it; null where it was not read before, or there is nothing of the kind. */
  readonly without: (inventory: Inventory) => Inventory | null;
}

const denied = unknown('denied', 'taken away');

/** A read that gave no answer, in place of one that gave one; what nobody asked for stays as it is. */
function unread<T>(observed: Observed<T>): Observed<T> {
  return observed.known ? denied : observed;
}

/** Each value of a list with something changed; the list itself where no value changes. */
function each<T>(values: readonly T[], change: (value: T) => T): readonly T[] {
  const changed = values.map(change);
  return changed.some((value, index) => value !== values[index]) ? changed : values;
}

function within<T>(observed: Observed<readonly T[]>, change: (value: T) => T): Observed<readonly T[]> {
  if (!observed.known) return observed;
  const value = each(observed.value, change);
  return value === observed.value ? observed : { known: true, value };
}

/** An object with one member changed; the object itself where that stays the same. */
function put<T, K extends keyof T>(object: T, key: K, value: T[K]): T {
  return object[key] === value ? object : { ...object, [key]: value };
}

const orNull = (before: Inventory, after: Inventory): Inventory | null => (after === before ? null : after);

function ofAccount(name: string, declaredAs: readonly Need[], change: (inventory: Inventory) => Inventory): Section {
  return { name, declaredAs, without: (inventory) => orNull(inventory, change(inventory)) };
}

function ofClusters(name: string, declaredAs: readonly Need[], change: (cluster: Cluster) => Cluster): Section {
  return ofAccount(name, declaredAs, (inventory) =>
    put(
      inventory,
      'regions',
      each(inventory.regions, (region) => put(region, 'clusters', within(region.clusters, change))),
    ),
  );
}

const INSIDE: readonly Need[] = [
  'service-accounts',
  'pod-identity-associations',
  'workloads',
  'addons',
  'node-groups',
  'webhooks',
  'namespaces',
  'pod-identity-agent',
];

/** Everything that an account is read in. */
export const SECTIONS: readonly Section[] = [
  ofAccount('providers', ['providers'], (one) => put(one, 'providers', unread(one.providers))),
  ofAccount('provider details', ['providers'], (one) =>
    put(
      one,
      'providers',
      within(one.providers, (provider) => put(provider, 'detail', unread(provider.detail))),
    ),
  ),
  ofAccount('roles', ['roles'], (one) => put(one, 'roles', unread(one.roles))),
  ofAccount('managed policies', ['managed-policies'], (one) => put(one, 'managedPolicies', unread(one.managedPolicies))),
  ofAccount('quotas', ['quotas'], (one) => put(one, 'quotas', unread(one.quotas))),
  // What is inside clusters that nobody listed is unread too.
  ofAccount('cluster lists', ['clusters', 'every-cluster', ...INSIDE], (one) =>
    put(
      one,
      'regions',
      each(one.regions, (region) => put(region, 'clusters', unread(region.clusters))),
    ),
  ),
  ofClusters('cluster details', ['clusters', 'every-cluster'], (one) => put(one, 'detail', unread(one.detail))),
  ofClusters('service accounts', ['service-accounts'], (one) => put(one, 'serviceAccounts', unread(one.serviceAccounts))),
  ofClusters('workloads', ['workloads'], (one) => put(one, 'workloads', unread(one.workloads))),
  ofClusters('webhooks', ['webhooks'], (one) => put(one, 'webhooks', unread(one.webhooks))),
  ofClusters('namespaces', ['namespaces'], (one) => put(one, 'namespaces', unread(one.namespaces))),
  ofClusters('pod identity agent', ['pod-identity-agent'], (one) => put(one, 'podIdentityAgent', unread(one.podIdentityAgent))),
  ofClusters('associations', ['pod-identity-associations'], (one) =>
    put(one, 'podIdentityAssociations', unread(one.podIdentityAssociations)),
  ),
  ofClusters('association roles', ['pod-identity-associations'], (one) =>
    put(
      one,
      'podIdentityAssociations',
      within(one.podIdentityAssociations, ({ namespace, serviceAccount, id }) => ({
        namespace,
        serviceAccount,
        roleArn: null,
        ...(id !== undefined && { id }),
        unread: { reason: 'denied', detail: 'taken away' },
      })),
    ),
  ),
  ofClusters('add-ons', ['addons'], (one) => put(one, 'addons', unread(one.addons))),
  ofClusters('add-on details', ['addons'], (one) =>
    put(
      one,
      'addons',
      within(one.addons, (addon) => put(addon, 'detail', unread(addon.detail))),
    ),
  ),
  ofClusters('add-on wants', ['addons'], (one) =>
    put(
      one,
      'addons',
      within(one.addons, (addon) => put(addon, 'wants', unread(addon.wants))),
    ),
  ),
  ofClusters('node groups', ['node-groups'], (one) => put(one, 'nodeGroups', unread(one.nodeGroups))),
  ofClusters('node group roles', ['node-groups'], (one) =>
    put(
      one,
      'nodeGroups',
      within(one.nodeGroups, (group) => put(group, 'roleArn', unread(group.roleArn))),
    ),
  ),
];
