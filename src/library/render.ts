import { inert } from '../lib/escape-text.js';
import { InputError } from '../lib/input-error.js';
import { nearest } from '../lib/nearest.js';
import type { Admissions } from '../model/report/admission.js';
import type { Explanation } from '../model/report/explanation.js';
import type { Report } from '../model/report/report.js';
import type { ReportDiff } from '../model/report/report-diff.js';
import { FORMATS, type Format } from '../report/format-names.js';
import { render as renderAs } from '../report/index.js';
import { renderAdmissions as admissionsAsText, renderAdmissionsJson } from '../report/screens/admissions.js';
import { renderDiff as diffAsText, renderDiffJson } from '../report/screens/diff.js';
import { renderExplanation as explanationAsText, renderExplanationJson } from '../report/screens/explanation.js';
import type { TextOptions } from '../report/screens/text.js';
import { demandReport } from './demand.js';

export { FORMATS, type Format } from '../report/format-names.js';

/** How text is set: without any of it as for a file, in which no line is broken and nothing has a color. */
export interface RenderOptions {
  /** Default: false. */
  readonly color?: boolean;
  /** Columns to stay within; null = no line is broken. Commands never are. Default: null. */
  readonly width?: number | null;
  /** The shell that commands are for. Default: posix. */
  readonly shell?: 'posix' | 'powershell';
}

/** For what a person or a program reads. */
export type AnswerFormat = 'text' | 'json';

const SLIP = 3;
const PLAIN: TextOptions = { color: false, width: null };

/** @throws InputError where there is no such format */
function demandFormat(format: unknown, formats: readonly string[]): void {
  if (formats.some((one) => one === format)) return;
  const name = typeof format === 'string' ? format : typeof format;
  const near = nearest(name.slice(0, 40), formats, SLIP);
  const hint = `The formats are ${formats.join(', ')}.`;
  throw new InputError(`There is no format ${inert(JSON.stringify(name))}`, near === null ? hint : `Did you mean ${near}? ${hint}`, [
    { path: 'format', problem: 'is none of them' },
  ]);
}

/** A report in one of `FORMATS`. Ends with a line break. @throws InputError */
export function render(report: Report, format: Format, options: RenderOptions = {}): string {
  demandFormat(format, FORMATS);
  return renderAs(demandReport(report), format, { ...PLAIN, ...options });
}

const ANSWERS: readonly AnswerFormat[] = ['text', 'json'];

/** What `whoCanTakeRole` and `whoCanTakeRoles` give. @throws InputError */
export function renderAdmissions(admissions: Admissions, format: AnswerFormat, options: RenderOptions = {}): string {
  demandFormat(format, ANSWERS);
  return format === 'json' ? renderAdmissionsJson(admissions) : admissionsAsText(admissions, { ...PLAIN, ...options });
}

/** What `explainError` gives. @throws InputError */
export function renderExplanation(explanation: Explanation, format: AnswerFormat, options: RenderOptions = {}): string {
  demandFormat(format, ANSWERS);
  if (format === 'json') return renderExplanationJson(explanation);
  return explanationAsText(explanation, { ...PLAIN, ...options, program: 'irsa-auditor' });
}

/** What `diff` gives, with the reports that it is of. @throws InputError */
export function renderDiff(
  found: ReportDiff,
  reports: { readonly older: Report; readonly newer: Report },
  format: AnswerFormat,
  options: RenderOptions = {},
): string {
  demandFormat(format, ANSWERS);
  if (format === 'json') return renderDiffJson(found);
  return diffAsText(
    found,
    demandReport(reports.older, 'The older report'),
    demandReport(reports.newer, 'The newer report'),
    options.width ?? null,
  );
}
