import { memo, memoByText, memoWithin } from '../../lib/memo.js';
import type { Cluster, Inventory, RegionInventory } from '../../model/inventory/inventory.js';
import { seen, type Observed } from '../../model/inventory/observed.js';
import type { NotEvaluated } from '../../model/report/report.js';
import type { Scope } from '../../model/contract/scope.js';
import { missing, sectionOf, type Need, type PlacedSection } from '../../model/contract/sections.js';

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

/** The gap of a section; of one whose rules say something of what arrived too, they run on that. */
function gapOfSection(section: PlacedSection, observed: Observed<unknown>, scope: string): readonly Gap[] {
  const unread = missing(section, observed);
  if (unread === null) return NONE;
  return [{ scope, reason: unread.reason, blocks: section.usesWhatArrived !== true || unread.partial === undefined }];
}

/** Every region and every cluster by its name, as a rule's scope gives it. */
interface Places {
  readonly regions: ReadonlyMap<string, RegionInventory>;
  readonly clusters: ReadonlyMap<string, Cluster>;
}

const placesOf = memo(({ regions }: Inventory): Places => ({
  regions: new Map(regions.map((region) => [region.region, region])),
  clusters: new Map(
    regions.flatMap(({ region, clusters }) => seen(clusters).map((cluster): [string, Cluster] => [`${region}/${cluster.name}`, cluster])),
  ),
}));

function regionsOf(inventory: Inventory, scope: Scope): readonly RegionInventory[] {
  if (scope.kind === 'account') return inventory.regions;
  const region = placesOf(inventory).regions.get(scope.region);
  return region === undefined ? [] : [region];
}

const gapOfDetail = ({ detail }: Cluster, place: string): readonly Gap[] => gapOf(detail, place);

/** What is read cluster by cluster: every cluster of the scope must have it. */
function gapsInside(inventory: Inventory, scope: Scope, gapsOf: (cluster: Cluster, place: string) => readonly Gap[]): readonly Gap[] {
  if (scope.kind === 'cluster') {
    const place = `${scope.region}/${scope.cluster}`;
    const cluster = placesOf(inventory).clusters.get(place);
    return cluster === undefined ? NONE : gapsOf(cluster, place);
  }
  return regionsOf(inventory, scope).flatMap((region) => [
    ...gapOf(region.clusters, region.region),
    ...seen(region.clusters).flatMap((cluster) => gapsOf(cluster, `${region.region}/${cluster.name}`)),
  ]);
}

const scopesIn = memo((inventory: Inventory) => memoByText((kind: Scope['kind']) => listScopes(kind, inventory)));

/** The scopes of one kind: the account, each region, or each cluster, those not read included. The same ones whenever it is asked. */
export function scopesOf(kind: Scope['kind'], inventory: Inventory): readonly Scope[] {
  return scopesIn(inventory)(kind);
}

const ACCOUNT: Scope = { kind: 'account' };

function listScopes(kind: Scope['kind'], inventory: Inventory): readonly Scope[] {
  if (kind === 'account') return [ACCOUNT];
  return inventory.regions.flatMap((region): readonly Scope[] => {
    if (kind === 'region') return [{ kind, region: region.region }];
    if (!region.clusters.known && region.clusters.partial === undefined) return [{ kind: 'region', region: region.region }];
    return seen(region.clusters).map(({ name }): Scope => ({ kind, region: region.region, cluster: name }));
  });
}

const gapsIn = memo((inventory: Inventory) => memoWithin((scope: Scope) => memoByText((need: Need) => findGaps(need, inventory, scope))));

/** What a scope lacks, by need; empty where everything was read. Dozens of rules ask for the same of hundreds of clusters. */
export function gapsAt(scope: Scope, inventory: Inventory): (need: Need) => readonly Gap[] {
  return gapsIn(inventory)(scope);
}

/** The needs of which something was not read somewhere in the account: of the others no scope lacks anything. */
export function lackingIn(inventory: Inventory, needs: readonly Need[]): readonly Need[] {
  const gapsOf = gapsAt(ACCOUNT, inventory);
  return needs.filter((need) => gapsOf(need).length > 0);
}

function findGaps(need: Need, inventory: Inventory, scope: Scope): readonly Gap[] {
  if (need === 'clusters') return gapsInside(inventory, scope, gapOfDetail);
  if (need === 'every-cluster') {
    const named = inventory.requestedRegions === 'all' ? NONE : [{ scope: 'account', reason: 'not-requested', blocks: true }];
    return [...named, ...gapOf(inventory.regionList, 'account'), ...gapsInside(inventory, ACCOUNT, gapOfDetail)];
  }
  const section = sectionOf(need);
  if (section.per === 'account') return gapOfSection(section, inventory[section.at], 'account');
  return gapsInside(inventory, scope, (cluster, place) => gapOfSection(section, cluster[section.at], place));
}
