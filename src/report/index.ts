import type { Report } from '../model/report.js';
import { renderEmail } from './email.js';
import { renderJson } from './json/v1.js';
import { renderText, type TextOptions } from './text.js';

export const FORMATS = ['text', 'json', 'email'] as const;
export type Format = (typeof FORMATS)[number];

const ALL = Number.MAX_SAFE_INTEGER;

const RENDERERS = {
  text: renderText,
  json: (report) => renderJson(report),
  email: (report) => renderEmail(report, { threshold: 'info', problems: ALL, news: null, whereReport: null }),
} satisfies Record<Format, (report: Report, options: TextOptions) => string>;

/** A report in one of the formats. Pure; ends with a line break. */
export function render(report: Report, format: Format, options: TextOptions): string {
  return RENDERERS[format](report, options);
}
