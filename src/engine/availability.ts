import type { Cluster, Inventory, RegionInventory } from '../model/inventory.js';
import type { Observed } from '../model/observed.js';
import type { NotEvaluated } from '../model/report.js';
import type { Need, Scope } from '../rules/define-rule.js';

/**
 * What is missing of a section in one scope. `blocks` = the rule must not run there; otherwise it runs on what arrived
 * and the gap is recorded beside its findings.
 */
export interface Gap extends NotEvaluated {
  readonly blocks: boolean;
}

const NONE: readonly Gap[] = [];

function gapOf(observed: Observed<unknown>, scope: string): readonly Gap[] {
  return observed.known ? NONE : [{ scope, reason: observed.reason, blocks: true }];
}

/** The same of a section whose rules say something of what arrived too: they run on that. */
function gapOfPart(observed: Observed<unknown>, scope: string): readonly Gap[] {
  return gapOf(observed, scope).map((gap) => ({ ...gap, blocks: observed.known || observed.partial === undefined }));
}

/** The same of a section that is read only where a rule has a use for it: not asked for is no gap. */
function gapOfAsked(observed: Observed<unknown>, scope: string): readonly Gap[] {
  return !observed.known && observed.reason === 'not-requested' ? NONE : gapOf(observed, scope);
}

/** Every region and every cluster by its name, as a rule's scope gives it. */
interface Places {
  readonly regions: ReadonlyMap<string, RegionInventory>;
  readonly clusters: ReadonlyMap<string, Cluster>;
}

const places = new WeakMap<Inventory, Places>();

function placesOf(inventory: Inventory): Places {
  const known = places.get(inventory);
  if (known !== undefined) return known;
  const found = {
    regions: new Map(inventory.regions.map((region) => [region.region, region])),
    clusters: new Map(
      inventory.regions.flatMap((region) =>
        clustersIn(region).map((cluster): [string, Cluster] => [`${region.region}/${cluster.name}`, cluster]),
      ),
    ),
  };
  places.set(inventory, found);
  return found;
}

function clustersIn(region: RegionInventory): readonly Cluster[] {
  return region.clusters.known ? region.clusters.value : (region.clusters.partial ?? []);
}

function regionsOf(inventory: Inventory, scope: Scope): readonly RegionInventory[] {
  if (scope.kind === 'account') return inventory.regions;
  const region = placesOf(inventory).regions.get(scope.region);
  return region === undefined ? [] : [region];
}

function gapsOfClusters(region: RegionInventory): readonly Gap[] {
  return [
    ...gapOf(region.clusters, region.region),
    ...clustersIn(region).flatMap(({ detail, name }) => gapOf(detail, `${region.region}/${name}`)),
  ];
}

/** A section read cluster by cluster: every cluster of the scope must have it. */
function gapsInside(inventory: Inventory, scope: Scope, section: (cluster: Cluster) => Observed<unknown>, gap = gapOf): readonly Gap[] {
  if (scope.kind === 'cluster') {
    const place = `${scope.region}/${scope.cluster}`;
    const cluster = placesOf(inventory).clusters.get(place);
    return cluster === undefined ? NONE : gap(section(cluster), place);
  }
  return regionsOf(inventory, scope).flatMap((region) => [
    ...gapOf(region.clusters, region.region),
    ...clustersIn(region).flatMap((cluster) => gap(section(cluster), `${region.region}/${cluster.name}`)),
  ]);
}

const scopes = new WeakMap<Inventory, Map<Scope['kind'], readonly Scope[]>>();

/** The scopes of one kind: the account, each region, or each cluster, those not read included. The same ones whenever it is asked. */
export function scopesOf(kind: Scope['kind'], inventory: Inventory): readonly Scope[] {
  const byKind = scopes.get(inventory) ?? new Map<Scope['kind'], readonly Scope[]>();
  scopes.set(inventory, byKind);
  const found = byKind.get(kind) ?? listScopes(kind, inventory);
  byKind.set(kind, found);
  return found;
}

function listScopes(kind: Scope['kind'], inventory: Inventory): readonly Scope[] {
  if (kind === 'account') return [{ kind }];
  return inventory.regions.flatMap((region): readonly Scope[] => {
    if (kind === 'region') return [{ kind, region: region.region }];
    if (!region.clusters.known && region.clusters.partial === undefined) return [{ kind: 'region', region: region.region }];
    return clustersIn(region).map(({ name }): Scope => ({ kind, region: region.region, cluster: name }));
  });
}

const found = new WeakMap<Inventory, Map<Scope, Map<Need, readonly Gap[]>>>();

/** What a scope lacks of a need; empty where everything was read. Dozens of rules ask for the same of hundreds of clusters. */
export function gapsFor(need: Need, inventory: Inventory, scope: Scope): readonly Gap[] {
  const byScope = found.get(inventory) ?? new Map<Scope, Map<Need, readonly Gap[]>>();
  found.set(inventory, byScope);
  const byNeed = byScope.get(scope) ?? new Map<Need, readonly Gap[]>();
  byScope.set(scope, byNeed);
  const gaps = byNeed.get(need) ?? findGaps(need, inventory, scope);
  byNeed.set(need, gaps);
  return gaps;
}

function findGaps(need: Need, inventory: Inventory, scope: Scope): readonly Gap[] {
  switch (need) {
    case 'providers':
      return gapOf(inventory.providers, 'account');
    case 'roles':
      return gapOfPart(inventory.roles, 'account');
    case 'clusters':
      if (scope.kind === 'cluster') return gapsInside(inventory, scope, ({ detail }) => detail);
      return regionsOf(inventory, scope).flatMap(gapsOfClusters);
    case 'every-cluster': {
      const named = inventory.requestedRegions === 'all' ? NONE : [{ scope: 'account', reason: 'not-requested', blocks: true }];
      return [...named, ...gapOf(inventory.regionList, 'account'), ...inventory.regions.flatMap(gapsOfClusters)];
    }
    case 'service-accounts':
      return gapsInside(inventory, scope, ({ serviceAccounts }) => serviceAccounts);
    case 'pod-identity-associations':
      return gapsInside(inventory, scope, ({ podIdentityAssociations }) => podIdentityAssociations);
    case 'workloads':
      return gapsInside(inventory, scope, ({ workloads }) => workloads, gapOfPart);
    case 'addons':
      return gapsInside(inventory, scope, ({ addons }) => addons);
    case 'node-groups':
      return gapsInside(inventory, scope, ({ nodeGroups }) => nodeGroups, gapOfAsked);
    case 'webhooks':
      return gapsInside(inventory, scope, ({ webhooks }) => webhooks);
    case 'namespaces':
      return gapsInside(inventory, scope, ({ namespaces }) => namespaces, gapOfAsked);
    case 'pod-identity-agent':
      return gapsInside(inventory, scope, ({ podIdentityAgent }) => podIdentityAgent, gapOfAsked);
    case 'managed-policies':
      return gapOf(inventory.managedPolicies, 'account');
    case 'quotas':
      return gapOf(inventory.quotas, 'account');
  }
}
