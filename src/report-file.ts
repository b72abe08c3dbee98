import type { Report } from './model/report.js';
import { inert } from './report/inert.js';
import { reportSchema } from './report/json/v1.schema.js';

/** A stored report that cannot be used; the message says where and why, for a person. */
export class ReportFileError extends Error {
  override readonly name = 'ReportFileError';
}

const MOST_SHOWN = 5;

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined;
}

/**
 * Reads a report as `renderJson` writes it.
 * @param source what the message calls it, such as an object's name
 * @throws ReportFileError when the text is not JSON, of another version or no report
 */
export function parseReport(text: string, source: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ReportFileError(`${source} is damaged: it is not JSON (${inert(error instanceof Error ? error.message : String(error))}).`, {
      cause: error,
    });
  }
  const version = versionOf(value);
  if (typeof version === 'number' && version !== 1)
    throw new ReportFileError(`${source} has schema version ${version}, and this program knows version 1: use the version that wrote it.`);
  const read = reportSchema.safeParse(value);
  // What evidence and patches hold is any JSON, which the schema calls unknown; all else it has checked.
  if (read.success) return read.data as Report;
  const issues = read.error.issues.map(({ path, message }) => `  ${inert(`${['$', ...path.map(String)].join('.')}: ${message}`)}`);
  const more = issues.length > MOST_SHOWN ? [`  and ${issues.length - MOST_SHOWN} more`] : [];
  throw new ReportFileError(
    [`${source} is damaged: it is no report of schema version 1.`, ...issues.slice(0, MOST_SHOWN), ...more].join('\n'),
    {
      cause: read.error,
    },
  );
}
