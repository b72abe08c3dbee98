import type { Report } from '../model/report/report.js';
import { DEFAULT_SETTINGS } from '../model/report/settings.js';
import type { Format } from './format-names.js';
import { renderAsff } from './formats/asff.js';
import { renderCsv } from './formats/csv.js';
import { renderJsonLines } from './formats/jsonl.js';
import { renderJunit } from './formats/junit.js';
import { renderMarkdown } from './formats/markdown.js';
import { renderOcsf } from './formats/ocsf.js';
import { renderOpenMetrics } from './formats/openmetrics.js';
import { renderSarif } from './formats/sarif.js';
import { renderJson } from './json/v1.js';
import { firstMail } from './mail/notification.js';
import { renderText, type TextOptions } from './screens/text.js';

/** By what each format is made. Text alone knows the terminal; what programs read is the same bytes for everybody. */
const RENDERERS = {
  text: renderText,
  json: (report) => renderJson(report),
  email: (report) => firstMail(report, { threshold: DEFAULT_SETTINGS.notifyAt, whereReport: null }),
  jsonl: (report) => renderJsonLines(report),
  csv: (report) => renderCsv(report),
  markdown: (report) => renderMarkdown(report),
  junit: (report) => renderJunit(report),
  sarif: (report) => renderSarif(report),
  ocsf: (report) => renderOcsf(report),
  asff: (report) => renderAsff(report),
  openmetrics: (report) => renderOpenMetrics(report),
} satisfies Record<Format, (report: Report, options: TextOptions) => string>;

/** A report in one of the formats. Pure; ends with a line break. */
export function render(report: Report, format: Format, options: TextOptions): string {
  return RENDERERS[format](report, options);
}
