import type { Report } from '../model/report/report.js';
import { parseReport as parseStored } from '../saved/report-file.js';

export { ReportFileError } from '../saved/report-file.js';

/**
 * Reads a report as `render(report, 'json')` writes it. Whoever could write to where it lay could put any text in the place of a
 * command: of its commands those alone are kept that follow from its patches.
 * @param source what messages call it, such as a file's name
 * @throws ReportFileError
 */
export function parseReport(text: string, source = 'the report'): Report {
  return parseStored(text, source).report;
}
