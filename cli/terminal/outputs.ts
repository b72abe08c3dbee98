import { InvalidArgumentError, Option } from 'commander';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { Report } from '../../src/model/report/report.js';
import { messageOf } from '../../src/lib/error-in-words.js';
import type { Shell } from '../../src/report/parts/command-lines.js';
import { UsageError, type Io } from './io.js';
import { PRINTED_FORMATS, rendered, type PrintedFormat } from './rendered.js';

/** A format and the file that it goes to. */
export interface Output {
  readonly format: PrintedFormat;
  readonly file: string;
}

function output(value: string, previous: readonly Output[] = []): readonly Output[] {
  const at = value.indexOf('=');
  const format = PRINTED_FORMATS.find((one) => one === value.slice(0, at));
  const file = value.slice(at + 1);
  if (format === undefined || file === '')
    throw new InvalidArgumentError(`write it as FORMAT=FILE, such as json=report.json; formats are ${PRINTED_FORMATS.join(', ')}.`);
  return [...previous, { format, file }];
}

/** `--output FORMAT=FILE`, as often as wanted, beside what is printed. */
export function outputOption(): Option {
  return new Option(
    '--output <format=file>',
    'write the report to a file too, in a format of --format, such as sarif=report.sarif; may be given more than once',
  ).argParser(output);
}

/** What is written. */
export interface ToWrite {
  /** The report as a format has it. */
  readonly of: (format: PrintedFormat) => Report;
  readonly inventory: Inventory;
  readonly shell: Shell;
}

/** Writes each, whole or not at all. @throws UsageError where a file cannot be written */
export async function writeOutputs({ of, inventory, shell }: ToWrite, outputs: readonly Output[], io: Io): Promise<void> {
  for (const { format, file } of outputs) {
    const text = await rendered(of(format), format, { color: false, width: null, shell }, inventory);
    try {
      await io.replaceFile(file, text);
    } catch (error) {
      throw new UsageError(`${file} cannot be written: ${messageOf(error)}`, { cause: error });
    }
    io.stderr(`Wrote ${file}.`);
  }
}
