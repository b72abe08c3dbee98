import { commandsFor } from '../engine/repair/commands.js';
import { messageOf } from '../lib/error-in-words.js';
import { membersOf } from '../lib/is-object.js';
import type { Fix } from '../model/report/finding.js';
import { ErrorInLines } from './error-in-lines.js';
import { parseJson } from './json-file.js';
import type { Report } from '../model/report/report.js';
import { inert } from '../lib/escape-text.js';
import { renderJson } from '../report/json/v1.js';
import { reportSchema } from '../report/json/v1.schema.js';

/** A stored report that cannot be used; the message says where and why, for a person. */
export class ReportFileError extends ErrorInLines {
  override readonly name = 'ReportFileError';
}

const MOST_SHOWN = 5;

const OF_THE_ACCOUNT =
  'The command that is stored with it is not shown, for it follows from the account and not from this report: run irsa-auditor audit for it.';
const OF_SOMEBODY =
  'The commands that are stored with it are not shown, for they are not what its patches come to: run irsa-auditor audit for them.';

/** A repair with the commands that its patches come to, if those are what is stored. Where none are stored, the audit meant none. */
function withOwnCommands(fix: Fix, report: Report): Fix {
  if (fix.commands.length === 0) return fix;
  const own = fix.verified ? commandsFor(fix.patches, report) : [];
  if (JSON.stringify(own) === JSON.stringify(fix.commands)) return fix;
  if (fix.patches.length === 0) return { ...fix, commands: [], summary: `${fix.summary} ${OF_THE_ACCOUNT}` };
  // What was proven is not what lies here.
  return { ...fix, commands: [], verified: false, summary: `${fix.summary} ${OF_SOMEBODY}` };
}

/** Whoever may write where a report is stored could put any text in the place of a command. */
function distrusted(report: Report): Report {
  const findings = report.findings.map((finding) =>
    finding.fix === null ? finding : { ...finding, fix: withOwnCommands(finding.fix, report) },
  );
  // Nor is a context taken from it, which might lead a command to another cluster.
  const clusters = report.clusters.map(({ region, name, issuer }) => ({ region, name, issuer }));
  return { ...report, clusters, findings };
}

/** A report that was stored, with those of its commands alone that this program makes of its patches. */
export interface StoredReport {
  readonly report: Report;
  /** The same for programs, fields of a later version included. */
  readonly json: string;
}

/**
 * Reads a report as `renderJson` writes it.
 * A command is not taken from it as it lies there: it is made of the patches again, and none is kept that is not the same.
 * @param source what the message calls it, such as an object's name
 * @throws ReportFileError when the text is not JSON, nested very deep, of another version or no report
 */
export function parseReport(text: string, source: string): StoredReport {
  const { report, value } = readReport(text, source);
  return { report: distrusted(report), json: renderJson(distrusted(value)) };
}

/** The same of a report that nobody but this user can have written: its commands are those that it was printed with. */
export function parseOwnReport(text: string, source: string): Report {
  return readReport(text, source).report;
}

/** @returns the report, and the same with fields of a later version */
function readReport(text: string, source: string): { readonly report: Report; readonly value: Report } {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new ReportFileError(`${source} is damaged: it ${inert(messageOf(error))}.`, {
      cause: error,
    });
  }
  const version = membersOf(value)['schemaVersion'];
  if (typeof version === 'number' && version !== 1)
    throw new ReportFileError(`${source} has schema version ${version}, and this program knows version 1: use the version that wrote it.`);
  const read = reportSchema.safeParse(value);
  if (read.success) return { report: read.data, value: value as Report };
  if ('collectedAt' in membersOf(value))
    throw new ReportFileError(
      `${source} is an inventory, not a report: irsa-auditor audit --inventory FILE --format json makes a report of one.`,
      { cause: read.error },
    );
  const issues = read.error.issues.map(({ path, message }) => `  ${inert(`${['$', ...path.map(String)].join('.')}: ${message}`)}`);
  const more = issues.length > MOST_SHOWN ? [`  and ${issues.length - MOST_SHOWN} more`] : [];
  throw new ReportFileError([`${source} is damaged: it is no report of schema version 1.`, ...issues.slice(0, MOST_SHOWN), ...more], {
    cause: read.error,
  });
}
