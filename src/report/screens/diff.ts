import { inert, inertJson } from '../../lib/escape-text.js';
import { plural } from '../../lib/plural.js';
import type { Report } from '../../model/report/report.js';
import type { ComparedFinding, ReportDiff } from '../../model/report/report-diff.js';
import { namesOf } from '../layout/names.js';
import { TextPage } from '../layout/terminal-layout.js';
import { accountInWords, timeInWords } from '../layout/phrases.js';

const PARTS = [
  ['new', 'New'],
  ['worse', 'Severity raised'],
  ['better', 'Severity lowered'],
  ['fixed', 'Fixed'],
  ['notRescanned', 'Not scanned again: nothing says that it is fixed'],
] as const satisfies readonly (readonly [keyof ReportDiff, string])[];

/** What differs between two reports, for a terminal. @param width null = no line is broken */
export function renderDiff(diff: ReportDiff, older: Report, newer: Report, width: number | null): string {
  const page = new TextPage(width);
  const names = namesOf(newer);
  const line = ({ severity, was, subject, title, rule }: ComparedFinding): string =>
    `${severity}${was === undefined ? '' : ` (was ${was})`}: ${names.place(subject)}: ${inert(title)} (${inert(rule)})`;
  page.text(`${accountInWords(newer)}: ${timeInWords(older.generatedAt)} to ${timeInWords(newer.generatedAt)}`);
  for (const [part, words] of PARTS) {
    if (diff[part].length === 0) continue;
    page.text(`${words}: ${diff[part].length}`);
    for (const one of diff[part]) page.text(`- ${line(one)}`, 2);
  }
  page.text(`${plural(diff.unchanged.length, 'finding')} unchanged.`);
  return page.toString();
}

/** The same as JSON. */
export function renderDiffJson(diff: ReportDiff): string {
  return inertJson(`${JSON.stringify(diff, null, 2)}\n`);
}
