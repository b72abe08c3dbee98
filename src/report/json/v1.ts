import type { Report } from '../../model/report/report.js';
import { inertJson } from '../../lib/escape-text.js';

/**
 * The report as JSON, schema version 1 (docs/schema/report-v1.schema.json). Fields may be added; none is renamed or
 * removed. What would act in a terminal is escaped as JSON has it, so a parser gets names exactly as they were read.
 */
export function renderJson(report: Report): string {
  return inertJson(`${JSON.stringify(report, null, 2)}\n`);
}
