import { inertJson } from '../../lib/escape-text.js';
import type { Report } from '../../model/report/report.js';
import { titleOf } from '../layout/phrases.js';

/**
 * A report as JSON Lines (https://jsonlines.org): the first line is the audit with its coverage and all that was not scanned, each
 * further one a finding, both with the fields of JSON version 1. `record` says which it is.
 */
export function renderJsonLines(report: Report): string {
  const { findings, ...audit } = report;
  const { account, generatedAt } = report;
  const lines = [
    { record: 'audit', ...audit },
    ...findings.map((finding) => ({ record: 'finding', account, generatedAt, title: titleOf(finding.rule, report), ...finding })),
  ];
  return lines.map((line) => `${inertJson(JSON.stringify(line))}\n`).join('');
}
