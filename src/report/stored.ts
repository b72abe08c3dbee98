import type { Report } from '../model/report/report.js';
import { renderJson } from './json/v1.js';
import { renderText } from './screens/text.js';

/** A report as JSON and as text, as the function keeps it in its bucket: it is deployed without the table of formats. */
export const stored = (report: Report): readonly [json: string, text: string] => [
  renderJson(report),
  renderText(report, { color: false, width: 100 }),
];
