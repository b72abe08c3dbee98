import { collect } from '../../src/collect/collect.js';
import type { ReadInside } from '../../src/collect/kubernetes/read-cluster.js';
import type { KubeContext } from '../../src/collect/kubernetes/kubeconfig.js';
import { collectWorkload, type WorkloadPlace } from '../../src/collect/workload.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { unreadInside } from '../../src/model/contract/sections.js';
import { accessIn } from './aws-access.js';
import type { AwsAccess, Io } from '../terminal/io.js';
import { contextsOfClusters, kubeContextNamed, unusedContexts } from './kube-contexts.js';
import { progressOn } from './progress.js';
import { unlessStopped } from '../terminal/stopped.js';
import { milliseconds } from '../terminal/time-budget.js';

export interface ReadingOptions extends AwsAccess {
  readonly region?: readonly string[];
  /** Seconds after which the reading ends with what there is. */
  readonly timeout?: number;
  /** Scan inside the clusters, over the Kubernetes API. */
  readonly kubernetes?: boolean;
}

/** How a whole account is read. */
export interface AccountReading extends ReadingOptions {
  /** Contexts of the kubeconfig by which the clusters are read that they lead to. */
  readonly context?: readonly string[] | undefined;
  /** Another kubeconfig than kubectl takes; without a context its current one is meant. */
  readonly kubeconfig?: string;
  /** No cluster but those of the contexts is read from inside. */
  readonly thatContextOnly?: true;
}

/** The workload that is asked about, and how its cluster is reached. */
export interface WorkloadReading extends ReadingOptions {
  readonly place: WorkloadPlace;
  /** A context of the kubeconfig, in place of the cluster's own endpoint. */
  readonly context?: KubeContext | undefined;
}

/**
 * Reads what has to do with one workload, as whoever reads may.
 * @returns null where there is no such cluster in the region
 */
export async function readWorkload(options: WorkloadReading, io: Io): Promise<Inventory | null> {
  const startedAt = io.now();
  const progress = progressOn(io);
  const kubernetes = options.kubernetes === false ? undefined : (options.context?.read ?? (await overHttps()));
  const reading = collectWorkload(await io.aws(accessIn(options)), options.place, {
    now: io.now,
    startedAt: new Date(startedAt).toISOString(),
    deadline: options.timeout === undefined ? null : startedAt + milliseconds(options.timeout),
    onProgress: progress.tell,
    kubernetes,
  });
  const inventory = await unlessStopped(io, reading);
  progress.end();
  return inventory;
}

/** Loaded where it is asked for: it is larger than all the rest. */
async function overHttps(): Promise<ReadInside> {
  return (await import('../../src/collect/kubernetes/over-https.js')).overHttps;
}

const notAsked: ReadInside = () => Promise.resolve(unreadInside('not-requested', 'Only the cluster of the context was asked for.'));

/** By the contexts where they lead, else over the clusters' own endpoints. */
async function insideBy(contexts: readonly KubeContext[], thatOnly: boolean): Promise<ReadInside> {
  const { byContexts } = await import('../../src/collect/kubernetes/kubeconfig.js');
  return byContexts(contexts, thatOnly ? notAsked : await overHttps());
}

/** The contexts by which clusters are read. @throws UsageError where one does not lead to a cluster of EKS */
export async function contextsOf({ context = [], kubeconfig }: AccountReading): Promise<readonly KubeContext[]> {
  if (context.length > 0 || kubeconfig === undefined) return contextsOfClusters(context, kubeconfig);
  return contextsOfClusters([(await kubeContextNamed(null, kubeconfig)).context], kubeconfig);
}

/** Reads the account of the credentials and tells the progress on standard error. */
export async function readAccount(options: AccountReading, io: Io): Promise<Inventory> {
  const contexts = await contextsOf(options);
  const inside = options.kubernetes === true || contexts.length > 0;
  if (inside) io.steadyMemory();
  const startedAt = io.now();
  const progress = progressOn(io);
  const regions = options.region ?? [];
  const reading = collect(await io.aws(accessIn(options)), {
    regions: regions.length > 0 ? regions : 'all',
    now: io.now,
    startedAt: new Date(startedAt).toISOString(),
    deadline: options.timeout === undefined ? null : startedAt + milliseconds(options.timeout),
    onProgress: progress.tell,
    kubernetes: inside ? await insideBy(contexts, options.thatContextOnly === true) : undefined,
  });
  const inventory = await unlessStopped(io, reading);
  const calls = Object.values(inventory.calls).reduce((sum, count) => sum + count, 0);
  progress.end(`Read account ${inventory.account} in ${((io.now() - startedAt) / 1000).toFixed(1)} s with ${calls} calls.`);
  for (const line of unusedContexts(contexts, inventory)) io.stderr(`irsa-auditor: ${line}\n`);
  return inventory;
}
