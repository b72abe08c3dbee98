import { collect } from '../src/collect/collect.js';
import type { Inventory } from '../src/model/inventory.js';
import type { Io } from './io.js';
import { progressOn } from './progress.js';

export interface ReadingOptions {
  readonly region?: readonly string[];
  /** Seconds after which the reading ends with what there is. */
  readonly timeout?: number;
  /** Look inside the clusters, over the Kubernetes API. */
  readonly kubernetes?: boolean;
}

/** Reads the account of the ambient credentials and tells the progress on standard error. */
export async function readAccount(options: ReadingOptions, io: Io): Promise<Inventory> {
  const startedAt = io.now();
  const progress = progressOn(io);
  const regions = options.region ?? [];
  const inventory = await collect(await io.aws(), {
    regions: regions.length > 0 ? regions : 'all',
    now: io.now,
    startedAt: new Date(startedAt).toISOString(),
    deadline: options.timeout === undefined ? null : startedAt + options.timeout * 1000,
    onProgress: progress.tell,
    // Loaded where it is asked for: it is larger than all the rest.
    kubernetes: options.kubernetes === true ? (await import('../src/collect/kubernetes/over-https.js')).overHttps : undefined,
  });
  const calls = Object.values(inventory.calls).reduce((sum, count) => sum + count, 0);
  progress.end(`Read account ${inventory.account} in ${((io.now() - startedAt) / 1000).toFixed(1)} s with ${calls} calls.`);
  return inventory;
}
