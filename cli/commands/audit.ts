import { InvalidArgumentError, Option, type Command } from 'commander';
import { exitStatus } from '../../src/exit-status.js';
import { parseInventory } from '../../src/inventory-file.js';
import { SEVERITIES, type Severity } from '../../src/model/finding.js';
import type { AcceptUnread } from '../../src/model/report.js';
import { auditInventory } from '../../src/pipeline.js';
import { FORMATS, render, type Format } from '../../src/report/index.js';
import { UsageError, type Io } from '../io.js';
import { readAccount } from '../reading.js';
import { regionOption, timeoutOption } from './options.js';

interface AuditArguments {
  readonly format: Format;
  readonly inventory?: string;
  readonly region?: readonly string[];
  readonly failOn: Severity;
  readonly acceptUnread?: readonly AcceptUnread[];
  readonly timeout?: number;
}

/** `SCOPE=REASON`; the scope is a region, `region/cluster` or an IAM action. */
function acceptUnread(value: string, previous: readonly AcceptUnread[] = []): readonly AcceptUnread[] {
  const at = value.indexOf('=');
  const [scope, reason] = [value.slice(0, at).trim(), value.slice(at + 1).trim()];
  if (at < 1 || scope === '' || reason === '')
    throw new InvalidArgumentError("write it as 'SCOPE=REASON', such as 'eu-west-3=closed by policy'.");
  return [...previous, { scope, reason }];
}

async function readText(path: string, io: Io): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (error) {
    throw new UsageError(`The inventory ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

export function addAudit(program: Command, io: Io, exit: (status: number) => void): void {
  program
    .command('audit')
    .description('read the account (or a saved inventory) and tell what is broken or too open')
    .addOption(new Option('--format <format>', 'how to print the report').choices(FORMATS).default('text'))
    .option('--inventory <file>', 'audit this saved inventory instead of reading the account')
    .addOption(regionOption())
    .addOption(new Option('--fail-on <severity>', 'exit with 1 when a finding is at least this severe').choices(SEVERITIES).default('low'))
    .addOption(
      new Option('--accept-unread <scope=reason>', 'a gap that you know of: a region, region/cluster or IAM action, and why').argParser(
        acceptUnread,
      ),
    )
    .addOption(timeoutOption())
    .action(async (options: AuditArguments) => {
      if (options.inventory !== undefined && options.region !== undefined) {
        throw new UsageError(
          '--region chooses what is read from AWS; a saved inventory (--inventory) was read already. Leave one of them out.',
        );
      }
      const inventory =
        options.inventory === undefined
          ? await readAccount(options, io)
          : parseInventory(await readText(options.inventory, io), options.inventory);
      const report = auditInventory(inventory, { now: new Date(io.now()).toISOString(), acceptUnread: options.acceptUnread ?? [] });
      io.stdout(render(report, options.format, { color: io.terminal.color, width: io.terminal.width }));
      exit(exitStatus(report, options.failOn));
    });
}
