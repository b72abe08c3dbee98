import type { Cluster, Inventory, PodIdentityAssociation } from '../../src/model/inventory/inventory.js';
import { unknown, type Observed } from '../../src/model/inventory/observed.js';
import { ACCOUNT_SECTIONS, CLUSTER_SECTIONS, type Detail, type Need, type PlacedSection } from '../../src/model/contract/sections.js';

/** A section of the inventory that may not be read, by whatever there is to declare for it. */
export interface UnreadableSection {
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

function ofAccount(name: string, declaredAs: readonly Need[], change: (inventory: Inventory) => Inventory): UnreadableSection {
  return { name, declaredAs, without: (inventory) => orNull(inventory, change(inventory)) };
}

function ofClusters(inventory: Inventory, change: (cluster: Cluster) => Cluster): Inventory {
  return put(
    inventory,
    'regions',
    each(inventory.regions, (region) => put(region, 'clusters', within(region.clusters, change))),
  );
}

/** What tests call a section, or what is described of its things, where neither its need nor its read is a short word for it. */
const CALLED: Readonly<Record<string, string>> = {
  'pod-identity-associations': 'associations',
  'addons': 'add-ons',
  'iam:GetOpenIDConnectProvider': 'provider details',
  'eks:DescribePodIdentityAssociation': 'association roles',
  'eks:DescribeAddon': 'add-on details',
  'eks:DescribeAddonConfiguration': 'add-on wants',
  'eks:DescribeNodegroup': 'node group roles',
};
const calledOf = (what: string): string => CALLED[what] ?? what.replaceAll('-', ' ');

/** A thing of which something was not described: the member that held it says so. */
function undescribed(thing: unknown, detail: Detail): unknown {
  if (detail.read === 'eks:DescribePodIdentityAssociation') {
    const { namespace, serviceAccount, id } = thing as PodIdentityAssociation;
    return { namespace, serviceAccount, roleArn: null, ...(id !== undefined && { id }), unread: { reason: 'denied', detail: 'taken away' } };
  }
  const described = detail.of(thing);
  if (!described.known) return thing;
  const held = Object.entries(thing as object).find(([, value]) => value === described)?.[0];
  if (held === undefined) throw new Error(`no member of a thing holds what ${detail.read} tells of it`);
  return put(thing as Readonly<Record<string, Observed<unknown>>>, held, denied);
}

function withoutSection(section: PlacedSection, change: (observed: Observed<unknown>) => Observed<unknown>): (one: Inventory) => Inventory {
  // The table says which member of what holds the section; that it stays of its type is seen by what reads it.
  const changed = <T extends object>(one: T): T => put(one, section.at as keyof T, change(one[section.at as keyof T] as Observed<unknown>) as T[keyof T]);
  return section.per === 'account' ? changed : (inventory) => ofClusters(inventory, changed);
}

function sectionsOf(section: PlacedSection): readonly UnreadableSection[] {
  const { need, details = [] } = section;
  return [
    ofAccount(calledOf(need), [need], withoutSection(section, unread)),
    ...details.map((detail) =>
      ofAccount(
        calledOf(detail.read),
        [need],
        withoutSection(section, (observed) => within(observed as Observed<readonly unknown[]>, (thing) => undescribed(thing, detail))),
      ),
    ),
  ];
}

/** Everything that an account is read in. */
export const SECTIONS: readonly UnreadableSection[] = [
  // What is inside clusters that nobody listed is unread too.
  ofAccount('cluster lists', ['clusters', 'every-cluster', ...CLUSTER_SECTIONS.map(({ need }) => need)], (one) =>
    put(
      one,
      'regions',
      each(one.regions, (region) => put(region, 'clusters', unread(region.clusters))),
    ),
  ),
  ofAccount('cluster details', ['clusters', 'every-cluster'], (one) =>
    ofClusters(one, (cluster) => put(cluster, 'detail', unread(cluster.detail))),
  ),
  ...[...ACCOUNT_SECTIONS, ...CLUSTER_SECTIONS].flatMap(sectionsOf),
];
