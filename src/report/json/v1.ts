import type { Report } from '../../model/report.js';

/**
 * The report as JSON, schema version 1 (docs/schema/report-v1.schema.json). Fields may be added; none is renamed or
 * removed. JSON escapes control characters by itself, so names stay exactly as they were read.
 */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
