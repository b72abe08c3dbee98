import { ACCOUNTS_A_CLUSTER, PODS_A_CLUSTER, someCarrier } from './api-servers.js';
import { atMost, median, told, type Figure } from './figures.js';
import { generateAccount, sizeFor } from './generate-account.js';
import { awsAt, measure, startStandIn, type Used } from './measured-process.js';
import { LATENCY_MS } from './stand-in.js';

const CLI = 'dist/cli/bin.js';
const STAND_IN = 'stand-in-inside';
/** 50 clusters, and twice as many. */
const SIZES = [1_000, 2_000];
const MOST_MIB = 256;
const RUNS_OF_WHY = 9;
const MOST_CALLS = 13;
const MOST_MS = 2_000;
const FINISHED = [0, 1];

interface Read {
  readonly used: Used;
  readonly calls: Readonly<Record<string, number>>;
}

const sum = (calls: Read['calls']): number => Object.values(calls).reduce((all, count) => all + count, 0);

async function run(args: readonly string[], standIn: Awaited<ReturnType<typeof startStandIn>>): Promise<Read> {
  const used = await measure({ args: [CLI, ...args], env: awsAt(standIn.url) });
  if (!FINISHED.includes(used.status ?? -1)) throw new Error(`${args.join(' ')} ended with ${String(used.status)}`);
  return { used, calls: await standIn.calls() };
}

/** What an audit takes that looks into every cluster. */
export async function insideClusters(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const roles of SIZES) {
    const standIn = await startStandIn(roles, STAND_IN);
    try {
      const { used, calls } = await run(['audit', '--kubernetes', '--timeout', '840'], standIn);
      const inside = calls['kubernetes'] ?? 0;
      figures.push(
        told(
          `audit --kubernetes, ${sizeFor(roles).clusters} clusters of ${ACCOUNTS_A_CLUSTER} service accounts and ${PODS_A_CLUSTER} pods, ${LATENCY_MS} ms a call`,
          `${(used.wallMs / 1000).toFixed(1)} s, CPU ${(used.cpuMs / 1000).toFixed(1)} s, ${inside} calls inside and ${sum(calls) - inside} to AWS`,
        ),
        roles === SIZES[0]
          ? atMost('  peak memory of it', used.peakMiB, MOST_MIB, 'MiB')
          : told('  peak memory of it', `${used.peakMiB.toFixed(0)} MiB`),
      );
    } finally {
      standIn.stop();
    }
  }
  return figures;
}

/** What following one workload takes, in a cluster of that size. */
export async function oneWorkload(): Promise<readonly Figure[]> {
  const [roles = 0] = SIZES;
  const standIn = await startStandIn(roles, STAND_IN);
  try {
    const asked = someCarrier(generateAccount(sizeFor(roles)).inventory);
    const reads: Read[] = [];
    for (let turn = 0; turn < RUNS_OF_WHY; turn += 1) reads.push(await run(['why', ...asked], standIn));
    return [
      atMost('why of one workload: wall time, start included', median(reads.map(({ used }) => used.wallMs)), MOST_MS, 'ms'),
      atMost('  calls of it', Math.max(...reads.map(({ calls }) => sum(calls))), MOST_CALLS, 'calls'),
    ];
  } finally {
    standIn.stop();
  }
}
