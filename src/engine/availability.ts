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

function clustersIn(region: RegionInventory): readonly Cluster[] {
  return region.clusters.known ? region.clusters.value : (region.clusters.partial ?? []);
}

function regionsOf(inventory: Inventory, scope: Scope): readonly RegionInventory[] {
  return scope.kind === 'account' ? inventory.regions : inventory.regions.filter(({ region }) => region === scope.region);
}

function gapsOfClusters(region: RegionInventory): readonly Gap[] {
  return [...gapOf(region.clusters, region.region), ...clustersIn(region).flatMap(({ detail, name }) => gapOf(detail, `${region.region}/${name}`))];
}

/** A section read cluster by cluster: every cluster of the scope must have it. */
function gapsInside(inventory: Inventory, scope: Scope, section: (cluster: Cluster) => Observed<unknown>): readonly Gap[] {
  return regionsOf(inventory, scope).flatMap((region) => [
    ...(scope.kind === 'cluster' ? NONE : gapOf(region.clusters, region.region)),
    ...clustersIn(region)
      .filter(({ name }) => scope.kind !== 'cluster' || name === scope.cluster)
      .flatMap((cluster) => gapOf(section(cluster), `${region.region}/${cluster.name}`)),
  ]);
}

/** What a scope lacks of a need; empty where everything was read. */
export function gapsFor(need: Need, inventory: Inventory, scope: Scope): readonly Gap[] {
  switch (need) {
    case 'providers':
      return gapOf(inventory.providers, 'account');
    case 'roles': {
      const { roles } = inventory;
      return gapOf(roles, 'account').map((gap) => ({ ...gap, blocks: roles.known || roles.partial === undefined }));
    }
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
  }
}
