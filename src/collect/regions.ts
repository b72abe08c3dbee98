import { known, type Observed, seen } from '../model/inventory/observed.js';
import { observePages } from './reading/observe.js';
import type { AccountRegion, Identity } from './reading/ports.js';
import { knownRegions } from '../model/inventory/partitions.js';
import type { Asking } from './reading/read-queue.js';
import { nearNames, UnknownRegionError } from './unknown-region-error.js';

/** Which regions to read, and how they were found. */
export interface RegionPlan {
  readonly list: Observed<readonly string[]>;
  readonly toRead: readonly string[];
}

// A name goes into a host name: nothing that does not look like a region may get there.
const LOOKS_LIKE_A_REGION = /^[a-z]{2,5}(-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** Every enabled region, or those named once they are known to exist. */
export async function planRegions(
  { aws, queue }: Asking,
  identity: Identity,
  home: string,
  wanted: 'all' | readonly string[],
): Promise<RegionPlan> {
  const list = (): Promise<Observed<readonly AccountRegion[]>> =>
    observePages((token) => queue.ask('account:ListRegions', 'account', (signal) => aws.listRegions(home, token, signal)));
  if (wanted === 'all') return allEnabled(await list(), identity);
  const named = sorted(wanted);
  const strange = named.filter((region) => !knownRegions(identity.partition).includes(region));
  // AWS opens regions faster than people update their tools: only what this version does not know is asked for.
  if (strange.length > 0) refuseUnknown(strange, identity, strange.every(looksLikeARegion) ? await list() : known([]));
  return { list: known(named), toRead: named };
}

function allEnabled(listed: Observed<readonly AccountRegion[]>, { partition, region }: Identity): RegionPlan {
  const enabled = sorted(
    seen(listed)
      .filter((entry) => entry.enabled)
      .map(({ name }) => name),
  );
  if (listed.known) return { list: known(enabled), toRead: enabled };
  const toRead = sorted([...enabled, ...knownRegions(partition), region]);
  return { list: { known: false, reason: listed.reason, detail: listed.detail }, toRead };
}

function refuseUnknown(strange: readonly string[], { partition }: Identity, listed: Observed<readonly AccountRegion[]>): void {
  const existing = seen(listed).map(({ name }) => name);
  for (const region of strange) {
    // Where the account's list could not be read, a name of the right form gets its try: its own read will tell.
    if (existing.includes(region) || (!listed.known && looksLikeARegion(region))) continue;
    throw new UnknownRegionError(region, partition, nearNames(region, sorted([...existing, ...knownRegions(partition)])));
  }
}

function looksLikeARegion(name: string): boolean {
  return LOOKS_LIKE_A_REGION.test(name);
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
