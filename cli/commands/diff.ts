import type { Command } from 'commander';
import type { Report } from '../../src/model/report/report.js';
import { compareReports } from '../../src/pipeline/pipeline.js';
import { renderDiff, renderDiffJson } from '../../src/report/screens/diff.js';
import { UsageError, type Io } from '../terminal/io.js';
import { readText } from '../reading/read-text.js';
import { formatOption } from './options.js';

/** A report of a file. @throws UsageError, ReportFileError */
export async function reportOf(path: string, io: Io): Promise<Report> {
  const { parseReport } = await import('../../src/saved/report-file.js');
  return parseReport(await readText('report', path, io), path).report;
}

/** The same account in both, or what is compared is nothing. @throws UsageError */
export function sameAccount(older: Report, newer: Report): void {
  if (older.account !== newer.account)
    throw new UsageError(`These are reports of two accounts, ${older.account} and ${newer.account}: compare those of one.`);
}

/** `diff OLD NEW`: what changed between two reports. */
export function addDiff(program: Command, io: Io, exit: (status: number) => void): void {
  program
    .command('diff')
    .description('compare two reports that `audit --format json` printed; exit status 1 when something is new or worse')
    .argument('<old>', 'the older report')
    .argument('<new>', 'the newer report')
    .addOption(formatOption(['text', 'json']))
    .action(async (old: string, fresh: string, { format }: { readonly format: 'text' | 'json' }) => {
      const [older, newer] = [await reportOf(old, io), await reportOf(fresh, io)];
      sameAccount(older, newer);
      const diff = compareReports(older, newer);
      io.stdout(format === 'json' ? renderDiffJson(diff) : renderDiff(diff, older, newer, io.terminal.width));
      exit(diff.new.length + diff.worse.length > 0 ? 1 : 0);
    });
}
