import type { Command } from 'commander';
import { BUCKET_KEYS } from '../../src/deliver/names.js';
import { inert } from '../../src/lib/escape-text.js';
import { nearest } from '../../src/lib/nearest.js';
import { ALL_REGIONS } from '../../src/model/inventory/partitions.js';
import type { SettingsFile } from '../../src/model/report/settings.js';
import { SettingsFileError } from '../../src/settings/settings-file-error.js';
import { addAccess } from '../reading/aws-access.js';
import { bucketMeant, inBucket, type BucketArguments, type NamedBucket } from '../reading/with-bucket.js';
import { UsageError, type Io } from '../terminal/io.js';
import { readSettings } from '../reading/settings-source.js';
import { bucketOption, bucketRegionOption } from './options.js';

/** A file in which nothing is wrong: who writes it is there to mend what an audit would only warn of. */
async function checked(file: string, io: Io): Promise<{ readonly text: string; readonly settings: SettingsFile }> {
  const { text, settings, warnings } = await readSettings(file, io);
  if (warnings.length > 0) throw new SettingsFileError(file, warnings);
  return { text, settings };
}

const SLIP = 3;

/** What is well formed and does nothing, on this day: a suppression that has ended, and a gap in a region that this version does not know. */
function withoutEffect({ suppressions = [], acceptUnread = [] }: SettingsFile, today: string): readonly string[] {
  const ended = suppressions.flatMap(({ rule, until }) =>
    until !== null && until < today ? [`the suppression of ${rule} ended on ${until}`] : [],
  );
  const nowhere = acceptUnread.flatMap(({ scope }) => {
    const [region = ''] = scope.split('/');
    if (!/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region) || ALL_REGIONS.includes(region)) return [];
    const near = nearest(region, ALL_REGIONS, SLIP);
    return [`acceptUnread: ${region} is no region that this version knows${near === null ? '' : `; did you mean ${near}?`}`];
  });
  return [...ended, ...nowhere];
}

/** For a terminal: whoever may write the bucket chose it. A file or a pipe gets the very text. */
const shown = (text: string): string => text.split(/\r?\n/).map(inert).join('\n');

const where = ({ bucket }: NamedBucket): string => `s3://${bucket}/${BUCKET_KEYS.settings}`;

/** `settings check`, `settings get` and `settings put`. */
export function addSettings(program: Command, io: Io): void {
  const settings = program.command('settings').description('check the settings, and read or write those of the deployed function');
  settings
    .command('check')
    .description('say whether a file of settings is in order; calls nobody')
    .argument('<file>', 'the file, such as irsa-auditor.yaml')
    .action(async (file: string) => {
      const idle = withoutEffect((await checked(file, io)).settings, new Date(io.now()).toISOString().slice(0, 10));
      const but = idle.map((line) => `\n  ${inert(line)}`).join('');
      io.stdout(`${inert(file)} is in order${idle.length === 0 ? '.' : `, but for what has no effect:${but}`}\n`);
    });
  addAccess(settings.command('get'))
    .description('print the settings that are stored')
    .addOption(bucketOption())
    .addOption(bucketRegionOption())
    .action(async (options: BucketArguments) => {
      const meant = await bucketMeant(options, io);
      const stored = await inBucket(meant, io, (bucket) => bucket.get(BUCKET_KEYS.settings));
      if (stored === null) throw new UsageError(`There is no ${where(meant)}: the defaults hold. irsa-auditor settings put writes it.`);
      io.stdout(io.terminal.width === null ? stored.text : shown(stored.text));
    });
  addAccess(settings.command('put'))
    .description('check a file of settings and store it, in the place of what was stored')
    .argument('<file>', 'the file, such as irsa-auditor.yaml')
    .addOption(bucketOption())
    .addOption(bucketRegionOption())
    .action(async (file: string, options: BucketArguments) => {
      const { text } = await checked(file, io);
      const meant = await bucketMeant(options, io);
      await inBucket(meant, io, (bucket) => bucket.put(BUCKET_KEYS.settings, text, { contentType: 'application/yaml' }));
      io.stderr(`Wrote ${file} to ${where(meant)}. It takes effect at the next run.\n`);
    });
}
