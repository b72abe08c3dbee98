import { fixesOf } from '../src/engine/repair/fix.js';
import { groupIntoProblems } from '../src/engine/problems/group-problems.js';
import { hiddenIn, severitiesOf } from '../src/engine/repair/verify.js';
import { runRules } from '../src/engine/run/run-rules.js';
import { deriveFacts } from '../src/facts/account/facts.js';
import { auditInventory } from '../src/pipeline/pipeline.js';
import { render } from '../src/report/index.js';
import { RULES } from '../src/rules/index.js';
import { atMost, median, told, type Figure } from './figures.js';
import { generateAccount, sizeFor } from './generate-account.js';
import { inOwnProcess } from './measured-process.js';
import { runtime } from './runtime.js';

interface CpuOfAudit {
  readonly auditMs: number;
  readonly renderMs: number;
  readonly findings: number;
  readonly planted: number;
  readonly foundOfPlanted: number;
}

const SIZES = [1_000, 5_000, 10_000, 20_000];
const RUNS = 5;
/** What is slower than this is broken whatever the next run says. */
const HOPELESS_MS = 5_000;
const MOST_MS_AT_10K = 1_000;
/** Twice the roles may take at most this many times as much CPU. Two would be linear; a quarter is left for noise. */
const MOST_GROWTH = 2.5;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The part that runs in a process of its own: one audit and what the function renders, on an account of this many roles. */
export function auditOnce(roles: number): void {
  const { inventory, planted } = generateAccount(sizeFor(roles));
  // What generating has left behind is not the audit's.
  globalThis.gc?.();
  const start = cpuMs();
  const report = auditInventory(inventory);
  const audited = cpuMs();
  // What the function makes of a report; the other formats are of the command line, one at a time.
  for (const format of ['text', 'json', 'email'] as const) render(report, format, { color: false, width: 100 });
  const rendered = cpuMs();
  const accused = new Set(report.findings.map(({ subject }) => subject.id));
  const figures: CpuOfAudit = {
    auditMs: audited - start,
    renderMs: rendered - audited,
    findings: report.findings.length,
    planted: planted.size,
    foundOfPlanted: [...planted.keys()].filter((arn) => accused.has(arn)).length,
  };
  process.send?.(figures);
}

/** The part that proves the repairs of an account with ten thousand roles, after its rules have run. */
export function proofsOnce(roles: number): void {
  const facts = deriveFacts(generateAccount(sizeFor(roles)).inventory);
  const problems = groupIntoProblems(runRules(RULES, facts).sightings);
  const audited = {
    facts,
    severities: severitiesOf(problems, facts),
    hidden: hiddenIn(problems, facts),
    rules: RULES,
    stillTime: () => true,
  };
  globalThis.gc?.();
  const start = cpuMs();
  const fixes = problems.flatMap((problem) => [...fixesOf(problem, audited).values()]);
  process.send?.({ proofsMs: cpuMs() - start, problems: problems.length, verified: fixes.filter((fix) => fix?.verified === true).length });
}

interface Proofs {
  readonly proofsMs: number;
  readonly problems: number;
  readonly verified: number;
}

async function cpuOfProofs(node: string): Promise<Figure> {
  const runs: Proofs[] = [];
  while (runs.length < RUNS) runs.push(await inOwnProcess<Proofs>(node, 'proofs-once', '10000'));
  const [first] = runs;
  const what = `CPU of proving the repairs of ${first?.problems ?? 0} problems (${first?.verified ?? 0} proven), 10000 roles`;
  return atMost(what, median(runs.map(({ proofsMs }) => proofsMs)), MOST_MS_AT_10K, 'ms');
}

const totalOf = ({ auditMs, renderMs }: CpuOfAudit): number => auditMs + renderMs;

async function runsOf(node: string, roles: number): Promise<readonly CpuOfAudit[]> {
  const runs: CpuOfAudit[] = [];
  while (runs.length < RUNS && runs.every((one) => totalOf(one) < HOPELESS_MS))
    runs.push(await inOwnProcess<CpuOfAudit>(node, 'audit-once', String(roles)));
  return runs;
}

function inWords(runs: readonly CpuOfAudit[]): string {
  const [first] = runs;
  const found = first === undefined ? '' : ` (${first.findings} findings; ${first.foundOfPlanted} of ${first.planted} broken roles found)`;
  const [audit, rendering] = [median(runs.map(({ auditMs }) => auditMs)), median(runs.map(({ renderMs }) => renderMs))];
  return `${median(runs.map(totalOf)).toFixed(0)} ms: rules ${audit.toFixed(0)}, report ${rendering.toFixed(0)}${found}`;
}

/** CPU of rules and report by size of the account, in the function's runtime; threads that compile and collect garbage included. */
export async function cpuOfRulesAndReport(): Promise<readonly Figure[]> {
  const { node, version } = runtime();
  const figures: Figure[] = [];
  const totals = new Map<number, number>();
  for (const size of SIZES) {
    const runs = await runsOf(node, size);
    const total = median(runs.map(totalOf));
    totals.set(size, total);
    const what = `CPU of rules + report, ${size} roles, ${version}`;
    figures.push(
      size === 10_000
        ? { what, measured: inWords(runs), limit: `≤ ${MOST_MS_AT_10K} ms`, ok: total <= MOST_MS_AT_10K }
        : told(what, inWords(runs)),
    );
  }
  const growth = (totals.get(20_000) ?? Number.NaN) / (totals.get(10_000) ?? Number.NaN);
  figures.push(atMost('growth of it from 10000 to 20000 roles', growth, MOST_GROWTH, 'times', 2));
  figures.push(await cpuOfProofs(node));
  if (node !== process.execPath)
    figures.push(told(`CPU of rules + report, 10000 roles, ${process.version}`, inWords(await runsOf(process.execPath, 10_000))));
  return figures;
}
