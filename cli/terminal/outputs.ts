import { InvalidArgumentError, Option } from 'commander';
import type { Report } from '../../src/model/report/report.js';
import { messageOf } from '../../src/lib/error-in-words.js';
import type { Shell } from '../../src/report/parts/command-lines.js';
import { FORMATS, type Format } from '../../src/report/format-names.js';
import { UsageError, type Io } from './io.js';

/** A format and the file that it goes to. */
export interface Output {
  readonly format: Format;
  readonly file: string;
}

function output(value: string, previous: readonly Output[] = []): readonly Output[] {
  const at = value.indexOf('=');
  const format = FORMATS.find((one) => one === value.slice(0, at));
  const file = value.slice(at + 1);
  if (format === undefined || file === '')
    throw new InvalidArgumentError(`write it as FORMAT=FILE, such as json=report.json; formats are ${FORMATS.join(', ')}.`);
  return [...previous, { format, file }];
}

/** `--output FORMAT=FILE`, as often as wanted, beside what is printed. */
export function outputOption(): Option {
  return new Option(
    '--output <format=file>',
    'write the report to a file too, in a format of --format, such as sarif=report.sarif; may be given more than once',
  ).argParser(output);
}

/** Writes each, whole or not at all. @param report as a format has it. @throws UsageError where a file cannot be written */
export async function writeOutputs(report: (format: Format) => Report, outputs: readonly Output[], shell: Shell, io: Io): Promise<void> {
  if (outputs.length === 0) return;
  const { render } = await import('../../src/report/index.js');
  for (const { format, file } of outputs) {
    try {
      await io.replaceFile(file, render(report(format), format, { color: false, width: null, shell }));
    } catch (error) {
      throw new UsageError(`${file} cannot be written: ${messageOf(error)}`, { cause: error });
    }
    io.stderr(`Wrote ${file}.`);
  }
}
