import type { Inventory, RegionInventory } from '../model/inventory/inventory.js';
import type { Observed } from '../model/inventory/observed.js';
import { collectRegion, type Reading } from './clusters.js';
import type { ReadInside } from './kubernetes/read-cluster.js';
import { collectAlias, collectProviders, collectQuotas, collectRoles } from './iam.js';
import { NoIdentityError } from './reading/no-identity-error.js';
import { homeRegion } from '../model/inventory/partitions.js';
import type { AwsPort, Identity } from './reading/ports.js';
import { ReadError } from './reading/read-error.js';
import { type Asking, type Progress, ReadQueue } from './reading/read-queue.js';
import { planRegions } from './regions.js';

export interface CollectOptions {
  /** Every enabled region, or those named. */
  readonly regions: 'all' | readonly string[];
  /** The clock, in milliseconds; `deadline` is a reading of it. */
  readonly now: () => number;
  /** When the run began, ISO 8601 in UTC: it becomes `collectedAt`. */
  readonly startedAt: string;
  /** When reading ends with what there is; null = when all is read. */
  readonly deadline: number | null;
  /** Calls of one service and region under way at a time. */
  readonly concurrency?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** How to read inside the clusters too; left out = nobody asks to. */
  readonly kubernetes?: ReadInside | undefined;
}

// IAM's rates are not published; ten at a time stays clear of throttling and hides the latency of some hundred calls.
const CONCURRENCY = 10;

/**
 * Reads one account. What could not be read is in the inventory as unknown, with the reason; only an account that
 * cannot be named (NoIdentityError) and a region that does not exist (UnknownRegionError) end a run without one.
 */
export async function collect(aws: AwsPort, options: CollectOptions): Promise<Inventory> {
  return withQueue(aws, options, (queue) => collectWith({ aws, queue }, options));
}

/** How a run is bounded. */
export type RunLimits = Pick<CollectOptions, 'now' | 'deadline' | 'concurrency' | 'onProgress'>;

/** Gives a run its queue, and stops what it leaves under way. */
export async function withQueue<T>(
  { limits: reads }: Pick<AwsPort, 'limits'>,
  { now, deadline, concurrency, onProgress }: RunLimits,
  run: (queue: ReadQueue) => Promise<T>,
): Promise<T> {
  const queue = new ReadQueue({ now, deadline, concurrency: concurrency ?? CONCURRENCY, onProgress, reads });
  try {
    return await run(queue);
  } finally {
    queue.close();
  }
}

async function collectWith(asking: Asking, options: CollectOptions): Promise<Inventory> {
  const { queue } = asking;
  const identity = await identify(asking);
  const home = homeRegion(identity.partition) ?? identity.region;
  const notes: string[] = [];
  const [{ list, regions }, providers, { roles, managedPolicies }, quotas, accountAlias] = await Promise.all([
    collectRegions({ ...asking, identity, notes, kubernetes: options.kubernetes, wants: new Map() }, home, options.regions),
    collectProviders(asking, home, notes),
    collectRoles(asking, home),
    collectQuotas(asking, home),
    collectAlias(asking, home),
  ]);
  return {
    schemaVersion: 1,
    collectedAt: options.startedAt,
    account: identity.account,
    accountAlias,
    partition: identity.partition,
    requestedRegions: options.regions === 'all' ? 'all' : [...new Set(options.regions)].sort(),
    regionList: list,
    regions,
    providers,
    roles,
    managedPolicies,
    quotas,
    calls: queue.calls(),
    notes: notes.sort(),
  };
}

/** Who calls. @throws NoIdentityError */
export async function identify({ aws, queue }: Asking): Promise<Identity> {
  try {
    return await queue.ask('sts:GetCallerIdentity', 'account', (signal) => aws.identity(signal));
  } catch (error) {
    if (error instanceof ReadError) throw new NoIdentityError('unreachable', error.detail, { cause: error });
    throw error;
  }
}

async function collectRegions(
  reading: Reading,
  home: string,
  wanted: CollectOptions['regions'],
): Promise<{ list: Observed<readonly string[]>; regions: readonly RegionInventory[] }> {
  const { list, toRead } = await planRegions(reading, reading.identity, home, wanted);
  return { list, regions: await Promise.all(toRead.map((region) => collectRegion(reading, region))) };
}
