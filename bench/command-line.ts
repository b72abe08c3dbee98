import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printInventory } from '../src/saved/inventory-file.js';
import { atMost, median, told, type Figure } from './figures.js';
import { generateAccount, sizeFor } from './generate-account.js';
import { awsAt, measure, startStandIn, type Used } from './measured-process.js';
import { LATENCY_MS } from './stand-in.js';

const CLI = 'dist/cli/bin.js';
/** Findings at or above `--fail-on`: what an audit of an account with broken roles ends with. */
const FOUND = 1;

const ROLES_SAVED = 10_000;
const MOST_MIB = 256;
const ROLES_READ = 1_000;
const RUNS_READ = 9;

function expectStatus({ status }: Used, expected: number, what: string): void {
  if (status !== expected)
    throw new Error(`${what} ended with ${String(status)} instead of ${expected}: what was measured is not what was meant`);
}

/** Peak memory of the command that audits a saved inventory. */
export async function memoryOfSavedAudit(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-bench-'));
  try {
    const file = join(folder, 'inventory.json');
    const text = printInventory(generateAccount(sizeFor(ROLES_SAVED)).inventory);
    writeFileSync(file, text);
    const size = `${(text.length / 1e6).toFixed(0)} MB`;
    const figures: Figure[] = [];
    for (const format of ['text', 'json']) {
      const used = await measure({ args: [CLI, 'audit', '--inventory', file, '--format', format] });
      expectStatus(used, FOUND, 'the audit of a saved inventory');
      figures.push(
        atMost(`peak memory, audit of ${ROLES_SAVED} roles saved (${size}) as ${format}`, used.peakMiB, MOST_MIB, 'MiB'),
        told(`  wall time and CPU of it`, `${(used.wallMs / 1000).toFixed(2)} s, ${(used.cpuMs / 1000).toFixed(2)} s`),
      );
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Calls = Readonly<Record<string, number>>;

interface Readings {
  readonly used: Used[];
  calls: Calls;
}

const sum = (calls: Calls): number => Object.values(calls).reduce((all, count) => all + count, 0);

/** The calls that one makes more often than the other, by name. */
function callsBeyond(ours: Calls, least: Calls): Figure {
  const more = Object.entries(ours).flatMap(([name, count]) => {
    const beyond = count - (least[name] ?? 0);
    return beyond > 0 ? [`${name} +${beyond}`] : [];
  });
  const measured = more.length === 0 ? 'none' : more.sort().join(', ');
  return { what: '  calls of it that the floor program does not make', measured, limit: 'none', ok: more.length === 0 };
}

const wall = ({ used }: Readings): number => median(used.map(({ wallMs }) => wallMs));
const usage = ({ used }: Readings): string =>
  `CPU ${(median(used.map(({ cpuMs }) => cpuMs)) / 1000).toFixed(2)} s, memory ${median(used.map(({ peakMiB }) => peakMiB)).toFixed(0)} MiB`;

/** Calls and wall time of an audit over the stand-in, beside the floor program's; the two take turns, so that both meet the same machine. */
export async function callsAndTimeOfReading(): Promise<readonly Figure[]> {
  const standIn = await startStandIn(ROLES_READ);
  const env = awsAt(standIn.url);
  const ours: Readings = { used: [], calls: {} };
  const floor: Readings = { used: [], calls: {} };
  const turns = [
    { readings: floor, args: ['bench/floor.mjs'], status: 0 },
    { readings: ours, args: [CLI, 'audit'], status: FOUND },
  ];
  try {
    for (let run = 0; run < RUNS_READ; run += 1) {
      for (const { readings, args, status } of turns) {
        const used = await measure({ args, env });
        expectStatus(used, status, args.join(' '));
        readings.used.push(used);
        readings.calls = await standIn.calls();
      }
    }
  } finally {
    standIn.stop();
  }
  const { clusters, regions } = sizeFor(ROLES_READ);
  const account = `${clusters} clusters, ${ROLES_READ} roles, ${regions} regions, ${LATENCY_MS} ms a call`;
  return [
    told(`floor program: ${account}`, `${sum(floor.calls)} calls, ${wall(floor).toFixed(0)} ms, ${usage(floor)}`),
    atMost('audit of the same: calls', sum(ours.calls), sum(floor.calls), 'calls'),
    callsBeyond(ours.calls, floor.calls),
    atMost('audit of the same: wall time, start included', wall(ours), wall(floor), 'ms'),
    told('  CPU and memory of it', usage(ours)),
  ];
}
