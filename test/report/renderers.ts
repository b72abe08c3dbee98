import type { Report } from '../../src/model/report/report.js';
import { compareReports } from '../../src/engine/history/compare-reports.js';
import { renderDiff, renderDiffJson } from '../../src/report/screens/diff.js';
import { notificationOf } from '../../src/report/mail/notification.js';
import { renderOverview, type OverviewOptions } from '../../src/report/screens/overview.js';
import { problemsOf } from '../../src/report/parts/problems.js';
import { renderShow } from '../../src/report/screens/show.js';
import type { Format } from '../../src/report/format-names.js';
import { render } from '../../src/report/index.js';
import { FORMAT_READERS, type ReadBack } from './format-readers.js';
import { OPTIONS, QUESTION_RENDERERS } from './question-renderers.js';
import { allNew } from './report-builder.js';

/** Everything that puts a report before somebody, under one name each: formats of the command line, and what SNS carries. */
export interface Renderer {
  readonly name: string;
  /**
   * What this is read as: text by people, all of it, a mail of the worst, one line a problem or the answer to one question alone, or
   * JSON by programs, of the report or of one answer. What has a parser of its own has it in `readBack`.
   */
  readonly reads: 'text' | 'mail' | 'json' | 'line' | 'screen' | 'answer' | 'object' | 'format';
  /** The most bytes that its channel takes (SNS documentation, 2026); a channel with a limit tells the worst and counts the others. */
  readonly limit: number | null;
  readonly readBack?: (output: string) => ReadBack;
  /** What an answer says of ten thousand findings. */
  readonly ofMany?: RegExp;
  readonly render: (report: Report) => string;
}

const ofFormat = (format: Format, color: boolean, width: number | null): Renderer => ({
  name: `${format}${color ? ' in color' : ''}${width === null ? '' : `, ${width} columns`}`,
  reads: format === 'text' ? 'text' : format === 'email' ? 'mail' : 'json',
  limit: null,
  // The paint is ours: what is left without it is what the account could have put there.
  render: (report) => render(report, format, { color, width }).replace(color ? /\u001b\[\d+m/g : /(?!)/, ''),
});

function notify(report: Report): { readonly subject: string; readonly message: string } {
  const notification = notificationOf(report, allNew(report), {
    threshold: 'info',
    whenClean: true,
    whereReport: 'log group /aws/lambda/x, request 1',
  });
  if (notification === null) throw new Error('a notification was asked for whatever the report holds');
  return notification;
}

const bodyFor = (protocol: string): Renderer => ({
  name: `SNS, ${protocol}`,
  reads: protocol === 'default' || protocol === 'email' ? 'mail' : protocol === 'sms' ? 'line' : 'json',
  limit: protocol === 'sms' ? 140 : 262_144,
  render: (report) => (JSON.parse(notify(report).message) as Record<string, string>)[protocol] ?? '',
});

const onScreen = (width: number | null, over: Partial<OverviewOptions> = {}): Renderer => ({
  name: `overview${width === null ? '' : `, ${width} columns`}${over.color === true ? ' in color' : ''}${over.verbose === true ? ', verbose' : ''}`,
  reads: 'screen',
  limit: null,
  render: (report) =>
    renderOverview(report, {
      color: false,
      width,
      rows: 24,
      links: false,
      verbose: false,
      all: 'irsa-auditor audit --details',
      next: (number) => `irsa-auditor show ${number}`,
      ...over,
    }).replace(over.color === true ? /\u001b(?:\[\d+m|\]8;;[\x21-\x7e]*\u001b\\)/g : /(?!)/, ''),
});

/** The first problem of a report, as `show` prints it. */
const firstProblem = (width: number | null): Renderer => ({
  name: `show${width === null ? '' : `, ${width} columns`}`,
  reads: 'answer',
  limit: null,
  render: (report) => {
    const [problem] = problemsOf(report);
    return problem === undefined ? '' : renderShow({ number: 1, problem }, report, { ...OPTIONS, width });
  },
});

const besideAsJson: Renderer = {
  name: 'diff, JSON',
  reads: 'object',
  limit: null,
  render: (report) => renderDiffJson(compareReports({ ...report, findings: [] }, report)),
};

/** A report beside one in which nothing was found. */
const beside: Renderer = {
  name: 'diff',
  reads: 'answer',
  limit: null,
  ofMany: /New: 10000\n/,
  render: (report) => renderDiff(compareReports({ ...report, findings: [] }, report), report, report, 80),
};

/** What GitHub takes as a comment or an issue: 65,536 characters. */
const LIMITS: Partial<Record<Format, number>> = { markdown: 65_536 };

const formats = Object.entries(FORMAT_READERS).map(([format, readBack]): Renderer => ({
  name: format,
  reads: 'format',
  limit: LIMITS[format as Format] ?? null,
  readBack,
  render: (report) => render(report, format as Format, { color: false, width: null }),
}));

export const RENDERERS: readonly Renderer[] = [
  ...formats,
  beside,
  besideAsJson,
  ...QUESTION_RENDERERS,
  ofFormat('text', false, null),
  ofFormat('text', false, 20),
  ofFormat('text', false, 200),
  ofFormat('text', true, 80),
  firstProblem(80),
  firstProblem(null),
  onScreen(80),
  onScreen(null),
  onScreen(200, { color: true, links: true, verbose: true }),
  ofFormat('json', false, null),
  ofFormat('email', false, null),
  ...['default', 'email', 'sqs', 'lambda', 'http', 'https', 'sms'].map(bodyFor),
  { name: 'SNS, subject', reads: 'line', limit: 99, render: (report) => notify(report).subject },
];
