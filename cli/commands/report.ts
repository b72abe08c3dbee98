import type { Command } from 'commander';
import { BUCKET_KEYS } from '../../src/deliver/names.js';
import { inProfile } from '../../src/selection/in-profile.js';
import type { Shell } from '../../src/report/parts/command-lines.js';
import { inert } from '../../src/lib/escape-text.js';
import { addAccess, commandProfile } from '../reading/aws-access.js';
import { bucketMeant, inBucket, type BucketArguments } from '../reading/with-bucket.js';
import { UsageError, type Io } from '../terminal/io.js';
import { PRINTED_FORMATS, rendered, type PrintedFormat } from '../terminal/rendered.js';
import { bucketOption, bucketRegionOption, formatOption, shellOption } from './options.js';

interface ReportArguments extends BucketArguments {
  readonly format: PrintedFormat;
  readonly shell: Shell;
}

const OF_PATCHES =
  'Its commands are made from the patches in it, and proven for the account as it was then: irsa-auditor audit proves them again.';

/** `report`: what the deployed function found at its last run. */
export function addReport(program: Command, io: Io): void {
  addAccess(program.command('report'))
    .description('print the report of the last run of the deployed function')
    .addOption(bucketOption())
    .addOption(bucketRegionOption())
    .addOption(formatOption(PRINTED_FORMATS, 'how to print the report'))
    .addOption(shellOption(io))
    .action(async ({ format, shell, ...options }: ReportArguments) => {
      const where = await bucketMeant(options, io);
      const name = `s3://${where.bucket}/${BUCKET_KEYS.latestJson}`;
      const stored = await inBucket(where, io, (bucket) => bucket.get(BUCKET_KEYS.latestJson));
      if (stored === null) throw new UsageError(`There is no ${name}: the function writes it at the end of each run.`);
      const { parseReport } = await import('../../src/saved/report-file.js');
      const { report, json } = parseReport(stored.text, name);
      const said = format === 'text' ? inProfile(report, commandProfile(options)) : report;
      io.stdout(format === 'json' ? json : await rendered(said, format, { ...io.terminal, shell }, null));
      io.stderr(`${inert(`This report of account ${report.account} was made at ${report.generatedAt}.`)}\n`);
      if (report.findings.some(({ fix }) => fix !== null && fix.commands.length > 0)) io.stderr(`${OF_PATCHES}\n`);
    });
}
