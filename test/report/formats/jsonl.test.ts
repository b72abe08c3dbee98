import { expect, it } from '@jest/globals';
import { renderJsonLines } from '../../../src/report/formats/jsonl.js';
import { reportSchema } from '../../../src/report/json/v1.schema.js';
import { EXAMPLE, REPORTS } from './reports.js';

it.each(REPORTS)('holds all of the JSON report, a line for the audit and one for each finding: %s', (_, report) => {
  const [audit, ...findings] = renderJsonLines(report)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(audit?.['record']).toBe('audit');
  expect(findings.map(({ record }) => record)).toEqual(report.findings.map(() => 'finding'));
  expect(reportSchema.parse({ ...audit, findings })).toEqual(report);
});

it('says on each line what the finding is, so that one line is enough', () => {
  const line = renderJsonLines(EXAMPLE).split('\n')[1] ?? '';
  expect(JSON.parse(line)).toMatchObject({ account: '418527603941', title: 'Any service account of the cluster', severity: 'critical' });
});
