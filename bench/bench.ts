// Measures what README.md lists: npm run bench [-- measurement …]. Ends with 1 when a limit is broken.
import { cpus, loadavg, totalmem } from 'node:os';
import { callsAndTimeOfReading, memoryOfSavedAudit } from './command-line.js';
import { table, type Figure } from './figures.js';
import { insideClusters, oneWorkload } from './inside-clusters.js';
import { manyOfOne, manyOnce } from './many-of-one.js';
import { policyEngine, setsOnce } from './policy.js';
import { runOfTheFunction, sizeAndImport } from './function.js';
import { auditOnce, cpuOfRulesAndReport, proofsOnce } from './rules-and-report.js';
import { pageInBrowser } from './page.js';
import { reachable } from './api-servers.js';
import { filledPart, hostileClusters } from './hostile.js';
import { filled, WAYS } from './hostile-clusters.js';
import { LATENCY_MS, standIn } from './stand-in.js';
import { worstOfAll, worstOnce } from './worst.js';

const MEASUREMENTS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  policy: policyEngine,
  rules: cpuOfRulesAndReport,
  many: manyOfOne,
  worst: worstOfAll,
  memory: memoryOfSavedAudit,
  reading: callsAndTimeOfReading,
  inside: insideClusters,
  why: oneWorkload,
  bundle: sizeAndImport,
  function: runOfTheFunction,
  hostile: hostileClusters,
  page: pageInBrowser,
};

/** The parts that this program starts in processes of their own. */
const PARTS: Readonly<Record<string, (roles: number) => void>> = {
  'stand-in': (roles) => void standIn(roles),
  'stand-in-inside': (roles) => void standIn(roles, (inventory, count) => reachable(inventory, LATENCY_MS, count)),
  ...Object.fromEntries(
    WAYS.map((way, index) => [filledPart(index), (roles: number) => void standIn(roles, (inventory) => filled(inventory, way))]),
  ),
  'audit-once': auditOnce,
  'proofs-once': proofsOnce,
  'sets-once': setsOnce,
  'many-once': manyOnce,
  'worst-once': worstOnce,
};

function machine(): string {
  const [first] = cpus();
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} × ${first?.model ?? 'unknown processor'}`,
    `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `${process.platform} ${process.arch}`,
    `Node ${process.version}`,
    `load ${loadavg()
      .map((value) => value.toFixed(1))
      .join(' ')}`,
  ].join(', ');
}

async function measureAll(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.filter((name) => !(name in MEASUREMENTS));
  if (unknown.length > 0)
    throw new RangeError(`there is no measurement ${unknown.join(', ')}; choose of: ${Object.keys(MEASUREMENTS).join(', ')}`);
  console.log(machine());
  const figures: Figure[] = [];
  for (const [name, measurement] of Object.entries(MEASUREMENTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`measuring: ${name} …`);
    figures.push(...(await measurement()));
  }
  console.log(`\n${table(figures)}`);
  const broken = figures.filter(({ ok }) => ok === false);
  if (broken.length === 0) return;
  console.error(`\nbroken: ${broken.map(({ what }) => what).join('; ')}`);
  process.exitCode = 1;
}

const [first = '', ...rest] = process.argv.slice(2);
const part = PARTS[first];
if (part === undefined) await measureAll(process.argv.slice(2));
else part(Number(rest[0]));
