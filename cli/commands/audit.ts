import { InvalidArgumentError, Option, type Command } from 'commander';
import { exitStatus } from '../terminal/exit-status.js';
import { inContexts, type NamedContext } from '../../src/selection/in-contexts.js';
import { inProfile } from '../../src/selection/in-profile.js';
import type { Severity } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { AcceptUnread, Report } from '../../src/model/report/report.js';
import { auditInventory, compareReports, unusedAcceptances } from '../../src/pipeline/pipeline.js';
import type { Shell } from '../../src/report/parts/command-lines.js';
import { renderOverview } from '../../src/report/screens/overview.js';
import { selectFindings, type SelectionWanted } from '../../src/selection/select-findings.js';
import { unknownSelections } from '../../src/selection/unknown-selection.js';
import { accessWords, addAccess, commandProfile, tellAccount } from '../reading/aws-access.js';
import {
  accountAndOthers,
  inventoryFrom,
  inventoryWords,
  othersFrom,
  type GivenInventories,
  type InventorySource,
} from '../reading/inventory-source.js';
import { judgingOn } from '../reading/progress.js';
import { inCurrentContext } from '../reading/plugin-scope.js';
import { contextsOf } from '../reading/collect-options.js';
import { programName, UsageError, type Io } from '../terminal/io.js';
import { lineToCopy } from '../terminal/line-to-copy.js';
import { readWithOf, remember } from '../reading/remembered.js';
import { outputOption, writeOutputs, type Output } from '../terminal/outputs.js';
import { PRINTED_FORMATS, rendered, type PrintedFormat } from '../terminal/rendered.js';
import { settingsFrom } from '../reading/settings-source.js';
import { reportOf, sameAccount } from './diff.js';
import {
  contextsOption,
  formatOption,
  inventoriesOption,
  kubeconfigOption,
  kubernetesOption,
  regionOption,
  shellOption,
  timeoutOption,
} from './options.js';
import { addSelection, severityOr, wantedBy, type SelectionArguments } from './selection.js';

const INCOMPLETE = 3;

interface AuditArguments extends InventorySource, SelectionArguments {
  /** Saved inventories of other accounts. */
  readonly others: readonly string[];
  readonly allNamespaces?: true;
  readonly format: PrintedFormat;
  readonly shell: Shell;
  /** Every problem in full; undefined = off a terminal alone. */
  readonly details?: boolean;
  readonly verbose?: boolean;
  readonly failOn: Severity | 'never';
  readonly allowIncomplete?: boolean;
  /** A file of settings. */
  readonly settings?: string;
  readonly acceptUnread?: readonly AcceptUnread[];
  readonly output?: readonly Output[];
  /** A report of an earlier audit: what is in it is known. */
  readonly baseline?: string;
}

/** `SCOPE=REASON`; the scope is a region, `region/cluster` or an IAM action, with wildcards, or `denied-by-scp`. */
function acceptUnread(value: string, previous: readonly AcceptUnread[] = []): readonly AcceptUnread[] {
  const at = value.indexOf('=');
  const [scope, reason] = [value.slice(0, at).trim(), value.slice(at + 1).trim()];
  if (at < 1 || scope === '' || reason === '')
    throw new InvalidArgumentError("write it as 'SCOPE=REASON', such as 'eu-west-3=closed by policy'.");
  return [...previous, { scope, reason }];
}

/** Reading has its time, and judging as long again: what took all of it to be read is judged anyway. */
function timeToJudge(timeout: number | undefined, startedAt: number, io: Io): () => boolean {
  return timeout === undefined ? () => true : () => io.now() < startedAt + 2 * timeout * 1000;
}

/** What `show` needs besides what a problem is called: nothing where the report is remembered. */
async function showsBy(report: Report, options: AuditArguments, io: Io): Promise<((id: string | number) => string) | null> {
  const { inventory } = options;
  const show = `${programName(io)} show`;
  const inventories = inventory === undefined ? [] : [inventory, ...options.others].map((file) => io.absolute(file));
  const last = { report, inventories, readWith: readWithOf(options) };
  if (await remember(last, io.lastReport)) return (id) => `${show} ${id}`;
  const source = inventory === undefined ? null : lineToCopy([], inventoryWords(inventory, options.others));
  return source === null ? null : (id) => `${show} ${id} ${source}`;
}

/** The options with which the same is read and shown again. */
function againWords(options: AuditArguments): readonly string[] {
  const { inventory, region, kubernetes, context, kubeconfig, settings } = options;
  const { cluster, namespace, role, rule, excludeRule, minSeverity } = options;
  const texts = { settings, kubeconfig, 'min-severity': minSeverity };
  const lists = { region, context, cluster, namespace, role, rule, 'exclude-rule': excludeRule };
  return [
    ...inventoryWords(inventory, options.others),
    ...Object.entries(texts).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...Object.entries(lists).flatMap(([name, values = []]) => values.flatMap((value) => [`--${name}`, value])),
    ...(kubernetes === true ? ['--kubernetes'] : []),
    ...accessWords(options),
  ];
}

/** What was audited, and the contexts by which it was read. */
interface Audited {
  readonly whole: Report;
  readonly inventory: Inventory;
  readonly contexts: readonly NamedContext[];
}

/** On a terminal one line a problem; in full where it goes to a program, whose reader greps in it. */
async function printed({ whole, contexts, inventory }: Audited, options: AuditArguments, io: Io): Promise<string> {
  const terminal = io.terminal;
  if (options.format !== 'text') return rendered(whole, options.format, { ...terminal, shell: options.shell }, inventory);
  const report = inContexts(whole, contexts);
  const shows = await showsBy(report, options, io);
  if (options.details ?? terminal.width === null)
    return rendered(
      inProfile(report, commandProfile(options)),
      'text',
      { ...terminal, shell: options.shell, shows: shows ?? undefined },
      null,
    );
  const all = `${programName(io)} ${lineToCopy(['audit', '--details'], againWords(options)) ?? 'audit --details'}`;
  return renderOverview(report, { ...terminal, verbose: options.verbose === true, all, next: shows ?? (() => all) });
}

/** The report with what is new or more severe than in the baseline alone, which decides the exit status; says how much that leaves out. */
async function beyondBaseline(report: Report, path: string | undefined, io: Io): Promise<Report> {
  if (path === undefined) return report;
  const baseline = await reportOf(path, io);
  sameAccount(baseline, report);
  const diff = compareReports(baseline, report);
  // A raised severity is not known.
  const fresh = new Set([...diff.new, ...diff.worse].map(({ fingerprint }) => fingerprint));
  const findings = report.findings.filter(({ fingerprint }) => fresh.has(fingerprint));
  const known = report.findings.length - findings.length;
  io.stderr(
    `Baseline ${path}: ${diff.new.length} new, ${diff.worse.length} worse, ${known} known, ${diff.fixed.length} fixed, ${diff.notRescanned.length} not scanned again.`,
  );
  return { ...report, findings };
}

/** @throws UsageError where what is to be shown is not there: its findings are none, whatever is wrong */
function demandKnown(wanted: SelectionWanted | null, inventory: Inventory, whole: Report, io: Io): void {
  if (wanted === null) return;
  const unknown = unknownSelections(wanted, inventory, whole);
  const slip = unknown.find(({ unread }) => !unread);
  if (slip !== undefined) throw new UsageError(slip.words);
  for (const { words } of unknown) io.stderr(`irsa-auditor: ${words}`);
}

/** A gap that is accepted and not there is a slip, or one that was closed. */
function warnOfUnused(report: Report, accepted: readonly AcceptUnread[], io: Io): void {
  for (const { scope } of unusedAcceptances(report, accepted))
    io.stderr(`irsa-auditor: Accepted as not scanned, but nothing that was not scanned is ${JSON.stringify(scope)}.`);
}

export function addAudit(program: Command, io: Io, exit: (status: number) => void): void {
  addAccess(addSelection(program.command('audit')))
    .description('read the account (or a saved inventory) and tell what is broken or too open')
    .addOption(formatOption(PRINTED_FORMATS, 'how to print the report'))
    .option('--details', 'print every problem in full (default: off a terminal alone)')
    .option('--no-details', 'print one line a problem, off a terminal too')
    .option('-v, --verbose', 'list each read that was not answered')
    .addOption(shellOption(io))
    .addOption(inventoriesOption())
    .addOption(regionOption())
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 when a finding is at least this severe; never = whatever is found')
        .argParser(severityOr('never'))
        .default('low'),
    )
    .option('--allow-incomplete', 'exit with 0 in place of 3 where nothing is found and not everything was read')
    .addOption(
      new Option(
        '--accept-unread <scope=reason>',
        'a known limitation, and why: a region, region/cluster or IAM action, with * and ?, or denied-by-scp for all that an SCP denies',
      ).argParser(acceptUnread),
    )
    .addOption(outputOption())
    .option(
      '--baseline <file>',
      'exit with 1 only for findings that are not in this report (of `audit --format json`), or worse than there',
    )
    .option('--settings <file>', 'take regions, clusters, accepted gaps and suppressions of this file')
    .addOption(timeoutOption('; judging has as long again'))
    .addOption(kubernetesOption())
    .addOption(contextsOption())
    .addOption(kubeconfigOption())
    .option('-A, --all-namespaces', 'as a plugin of kubectl: every namespace of the cluster, in place of that of the context')
    .action(async (given: Omit<AuditArguments, 'inventory' | 'others'> & GivenInventories) => {
      const options = await inCurrentContext<AuditArguments>(accountAndOthers(given), io);
      const startedAt = io.now();
      const settings = await settingsFrom(options.settings, { acceptUnread: options.acceptUnread ?? [] }, io);
      const inventory = await inventoryFrom(options, io, settings.regions);
      const now = new Date(io.now()).toISOString();
      const others = await othersFrom(options.others, inventory, io);
      const { stillTime, end } = judgingOn(inventory, timeToJudge(options.timeout, startedAt, io), io);
      const whole = auditInventory(inventory, { now, acceptUnread: settings.acceptUnread, settings, stillTime, others });
      end();
      const wanted = wantedBy(options);
      demandKnown(wanted, inventory, whole, io);
      const report = wanted === null ? whole : selectFindings(whole, wanted);
      const contexts = await contextsOf(options);
      io.stdout(await printed({ whole: report, inventory, contexts }, options, io));
      // What a person reads has commands for this machine; what is sent, and what programs read, has them for every one.
      const asFormat = (format: PrintedFormat): Report =>
        format === 'text' ? inProfile(inContexts(report, contexts), commandProfile(options)) : report;
      await writeOutputs({ of: asFormat, inventory, shell: options.shell }, options.output ?? [], io);
      tellAccount(options, whole.account, io, options.format === 'text');
      warnOfUnused(whole, settings.acceptUnread, io);
      const status = exitStatus(await beyondBaseline(report, options.baseline, io), options.failOn);
      exit(status === INCOMPLETE && options.allowIncomplete === true ? 0 : status);
    });
}
