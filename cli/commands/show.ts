import { Option, type Command } from 'commander';
import type { Report } from '../../src/model/report.js';
import { isPlainArgument } from '../../src/model/command.js';
import { auditInventory } from '../../src/pipeline.js';
import { parseOwnReport, parseReport } from '../../src/report-file.js';
import type { Shell } from '../../src/report/command-lines.js';
import { NoSuchProblemError, problemsCalled, type NumberedProblem } from '../../src/report/find-problem.js';
import { namesOf } from '../../src/report/names.js';
import { renderShow } from '../../src/report/show.js';
import { inventoryFrom } from '../inventory-source.js';
import { programName, UsageError, type Io } from '../io.js';
import { readText } from '../read-text.js';
import { writeRepair } from '../repair-files.js';
import { colored, colorOption, inventoryOption, shellOption, type ColorWhen } from './options.js';

interface ShowArguments {
  readonly inventory?: string;
  readonly report?: string;
  readonly write?: string;
  readonly shell: Shell;
  readonly color: ColorWhen;
}

const NONE_KEPT = 'There is no report of an audit to show: run `irsa-auditor audit` first, or name a file with --inventory or --report.';

async function reportFrom({ inventory, report }: ShowArguments, io: Io): Promise<Report> {
  if (inventory !== undefined && report !== undefined) throw new UsageError('Name one of --inventory and --report.');
  if (report !== undefined) return parseReport(await readText('report', report, io), report).report;
  if (inventory !== undefined) return auditInventory(await inventoryFrom({ inventory }, io), { now: new Date(io.now()).toISOString() });
  const kept = await io.lastReport.read();
  if (kept === null) throw new UsageError(NONE_KEPT);
  return parseOwnReport(kept, 'the report of the last audit');
}

/** How the same is asked for again. */
function selfOf(asked: string, { inventory, report }: ShowArguments, io: Io): string {
  const source = inventory !== undefined ? ['--inventory', inventory] : report !== undefined ? ['--report', report] : [];
  const words = [asked, ...source];
  return `${programName(io)} show ${words.every(isPlainArgument) ? words.join(' ') : 'ID'}`;
}

function called(asked: string, report: Report): readonly NumberedProblem[] {
  try {
    return problemsCalled(asked, report);
  } catch (error) {
    throw error instanceof NoSuchProblemError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** `show ID`: one problem in full, with what to do, in the order in which it is done. */
export function addShow(program: Command, io: Io): void {
  program
    .command('show')
    .description('one problem of the last audit in full: the error, its cause, what the fix changes, and the commands')
    .argument('<id>', 'its number in the last listing, its fingerprint, or what it is about: role/NAME, sa/NAME, pod/NAME')
    .addOption(inventoryOption())
    .addOption(new Option('--report <file>', 'a report that `audit --format json` printed'))
    .addOption(new Option('--write <folder>', 'write the trust policies of the fix there, with the way back beside them'))
    .addOption(colorOption())
    .addOption(shellOption(io))
    .action(async (asked: string, options: ShowArguments) => {
      const report = await reportFrom(options, io);
      const found = called(asked, report);
      const [first] = found;
      if (first === undefined) return;
      const { width, ...terminal } = colored(io.terminal, options.color);
      const written = options.write === undefined ? null : await writeRepair(first.problem.primary, options.write, io);
      const self = selfOf(String(first.number), options, io);
      io.stdout(renderShow(first, report, { ...terminal, width, shell: options.shell, program: programName(io), self, written }));
      const names = namesOf(report);
      for (const { number, problem } of found.slice(1))
        io.stderr(`Also: ${programName(io)} show ${number} (${names.subject(problem.primary.subject)})`);
    });
}
