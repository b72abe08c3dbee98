import { Option, type Command } from 'commander';
import type { Finding } from '../../src/model/report/finding.js';
import type { Report } from '../../src/model/report/report.js';
import { problemIn } from '../../src/selection/in-profile.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import type { Shell } from '../../src/report/parts/command-lines.js';
import { NoSuchProblemError, problemsCalled, type NumberedProblem } from '../../src/report/parts/find-problem.js';
import { namesOf } from '../../src/report/layout/names.js';
import { renderShow } from '../../src/report/screens/show.js';
import { accessIn, accessWords, addAccess, commandProfile, tellAccount } from '../reading/aws-access.js';
import { granted } from '../reading/granting.js';
import { accountAndOthers, inventoryFrom, inventoryWords, othersFrom, type GivenInventories } from '../reading/inventory-source.js';
import { programName, UsageError, type Io } from '../terminal/io.js';
import type { AccountReading } from '../reading/collect-options.js';
import { asGiven, lineToCopy } from '../terminal/line-to-copy.js';
import { readAgain, readWithOf, recall, type LastAudit, type ReadWith } from '../reading/remembered.js';
import { writeRepair } from '../terminal/repair-files.js';
import { reportOf } from './diff.js';
import {
  contextsOption,
  inventoriesOption,
  kubeconfigOption,
  kubernetesOption,
  regionOption,
  shellOption,
  timeoutOption,
} from './options.js';

interface ShowArguments extends AccountReading {
  /** Saved inventories of other accounts. */
  readonly others?: readonly string[];
  readonly inventory?: string;
  readonly report?: string;
  readonly write?: string;
  readonly grant?: string;
  readonly cluster?: string;
  readonly shell: Shell;
}

const NONE_KEPT =
  'There is no report of an audit to show: run `irsa-auditor audit` first, or name a file with --inventory or --report ' +
  '(`irsa-auditor report --format json` prints that of the deployed function).';

async function reportFrom({ inventory, others = [], report }: ShowArguments, io: Io): Promise<LastAudit> {
  if (report !== undefined) return { report: await reportOf(report, io), inventories: [], readWith: {} };
  if (inventory !== undefined) {
    const now = new Date(io.now()).toISOString();
    const saved = await inventoryFrom({ inventory }, io);
    return {
      report: auditInventory(saved, { now, others: await othersFrom(others, saved, io) }),
      inventories: [inventory, ...others],
      readWith: {},
    };
  }
  const kept = await recall(io.lastReport);
  if (kept === null) throw new UsageError(NONE_KEPT);
  return kept;
}

/** What goes with --grant alone, and what excludes the other. */
function demandFitting({ inventory, report, grant, ...options }: ShowArguments): void {
  if (inventory !== undefined && report !== undefined) throw new UsageError('Name one of --inventory and --report.');
  const { cluster, region, kubernetes, context, kubeconfig, timeout } = options;
  const reading = { cluster, region, kubernetes, context, kubeconfig, timeout, ...accessIn(options) };
  const [idle] = Object.entries(reading).flatMap(([name, value]) =>
    value === undefined ? [] : [name.replace(/[A-Z]/g, '-$&').toLowerCase()],
  );
  if (grant === undefined && idle !== undefined) throw new UsageError(`--${idle} goes with --grant: what is shown was read already.`);
}

/** The options with which an account is read again. */
function readingWords(options: ShowArguments): readonly string[] {
  const { region = [], kubernetes, context = [], kubeconfig } = options;
  return [
    ...region.flatMap((one) => ['--region', one]),
    ...(kubernetes === true ? ['--kubernetes'] : []),
    ...context.flatMap((one) => ['--context', one]),
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...accessWords(options),
  ];
}

/** How the same is asked for again. */
function selfOf(asked: string, options: ShowArguments, more: readonly string[], io: Io): string {
  const { inventory, report } = options;
  const source = inventory !== undefined ? inventoryWords(inventory, options.others) : report !== undefined ? ['--report', report] : [];
  return `${programName(io)} ${lineToCopy(['show', asked, ...more], [...readingWords(options), ...source]) ?? 'show ID'}`;
}

function called(asked: string, report: Report): readonly NumberedProblem[] {
  try {
    return problemsCalled(asked, report);
  } catch (error) {
    throw error instanceof NoSuchProblemError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** What is shown: problems of a report, the first of them in full. */
interface Shown {
  readonly report: Report;
  readonly found: readonly NumberedProblem[];
  readonly self: string;
  /** How the account was read. */
  readonly readWith: ReadWith;
}

const shortOf = ({ fingerprint }: Finding): string => fingerprint.slice(0, 12);

/** The problem with the fix that allows the service account that is named. A number is one of the report in which it was read. */
async function shownGranted(asked: string, subject: string, options: ShowArguments, io: Io): Promise<Shown> {
  const { inventory, report } = options;
  const isRemembered = inventory === undefined && (report !== undefined || (await io.lastReport.read()) !== null);
  const last = isRemembered ? await reportFrom(options, io) : null;
  const [source, ...others] = inventory === undefined ? (last?.inventories ?? []) : [inventory, ...(options.others ?? [])];
  const numbered = /^#?\d{1,7}$/.test(asked);
  if (numbered && last === null && source === undefined) throw new UsageError(NONE_KEPT);
  const [first] = numbered && last !== null ? called(asked, last.report) : [];
  const problem = first === undefined ? asked : first.problem.primary.fingerprint;
  if (source === '-') throw new UsageError('The last audit read its inventory from standard input: name it with --inventory FILE.');
  const again = source === undefined ? readAgain(options, last?.readWith ?? {}) : { ...options, inventory: source, others };
  const found = await granted({ ...again, problem, subject }, last?.report ?? null, io);
  const more = ['--grant', subject, '--cluster', found.cluster];
  // What is remembered is not said again.
  const self = selfOf(shortOf(found.problem.problem.primary), options, more, io);
  return { report: found.report, found: [found.problem], self, readWith: readWithOf(again) };
}

async function shownAsIs(asked: string, options: ShowArguments, io: Io): Promise<Shown> {
  const { report, readWith } = await reportFrom(options, io);
  const found = called(asked, report);
  return { report, found, self: selfOf(String(found[0]?.number ?? asked), options, [], io), readWith };
}

/** `show ID`: one problem in full, with what to do, in the order in which it is done. */
export function addShow(program: Command, io: Io): void {
  const command = program
    .command('show')
    .description('one problem of the last audit in full: the error, its cause, what the fix changes, and the commands')
    .argument('<id>', 'its number in the last listing, its fingerprint, or what it is about: role/NAME, sa/NAME, pod/NAME')
    .addOption(inventoriesOption())
    .addOption(new Option('--report <file>', 'a report that `audit --format json` printed'))
    .addOption(new Option('--write <folder>', 'write the trust policies of the fix there, with the way back beside them'))
    .addOption(
      new Option(
        '--grant <namespace/name>',
        'read again, and allow this service account, and nobody else, to assume the role: whom only an annotation names, no other command allows',
      ),
    )
    .addOption(new Option('--cluster <name>', 'with --grant: the cluster of the service account, or region/name, where there are several'))
    .addOption(regionOption())
    .addOption(kubernetesOption())
    .addOption(contextsOption())
    .addOption(kubeconfigOption())
    .addOption(timeoutOption())
    .addOption(shellOption(io));
  addAccess(command).action(async (asked: string, named: Omit<ShowArguments, 'inventory'> & GivenInventories) => {
    const options: ShowArguments = accountAndOthers(named);
    demandFitting(options);
    const { report, self, readWith, ...shown } =
      options.grant === undefined ? await shownAsIs(asked, options, io) : await shownGranted(asked, options.grant, options, io);
    const profile = commandProfile(readWith);
    const found = shown.found.map(({ number, problem }) => ({ number, problem: problemIn(profile, problem) }));
    const [first] = found;
    if (first === undefined) return;
    const { width, ...terminal } = io.terminal;
    const written = options.write === undefined ? null : await writeRepair(first.problem.primary, { folder: options.write, profile }, io);
    const { kubeconfig } = readWith;
    const given = {
      access: asGiven(accessWords(readWith)),
      kubeconfig: kubeconfig === undefined ? '' : asGiven(['--kubeconfig', kubeconfig]),
      profile,
    };
    const style = { ...terminal, width, shell: options.shell, program: programName(io), given, self, written };
    io.stdout(renderShow(first, report, style));
    tellAccount(readWith, report.account, io);
    const names = namesOf(report);
    for (const { number, problem } of found.slice(1))
      io.stderr(`Also: ${programName(io)} show ${number} (${names.subject(problem.primary.subject)})`);
  });
}
