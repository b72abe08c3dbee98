import type { Report } from '../model/report/report.js';
import { DEFAULT_SETTINGS } from '../model/report/settings.js';
import { renderJson } from './json/v1.js';
import { firstMail } from './mail/notification.js';
import { renderText, type TextOptions } from './screens/text.js';

export const FORMATS = ['text', 'json', 'email'] as const;
export type Format = (typeof FORMATS)[number];

const RENDERERS = {
  text: renderText,
  json: (report) => renderJson(report),
  email: (report) => firstMail(report, { threshold: DEFAULT_SETTINGS.notifyAt, whereReport: null }),
} satisfies Record<Format, (report: Report, options: TextOptions) => string>;

/** A report in one of the formats. Pure; ends with a line break. */
export function render(report: Report, format: Format, options: TextOptions): string {
  return RENDERERS[format](report, options);
}
