import { expect, it } from '@jest/globals';
import { renderCsv } from '../../../src/report/formats/csv.js';
import { csvRows } from '../format-readers.js';
import { aFinding, aFix, aReport } from '../report-builder.js';
import { EXAMPLE, REPORTS } from './reports.js';

/** What a spreadsheet runs, by the list of OWASP (https://owasp.org/www-community/attacks/CSV_Injection), full-width forms too. */
const RUN = /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

it.each(REPORTS)('no cell is a formula, whatever separates cells: %s', (_, report) => {
  const cells = csvRows(renderCsv(report)).flatMap((row) => Object.values(row));
  expect(cells.filter((cell) => cell.split(/[;\t]/).some((part) => RUN.test(part)))).toEqual([]);
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '  =1', '\uff1d1', "=cmd|' /C calc'!A0"])('%j is text', (message) => {
  const [row] = csvRows(renderCsv(aReport({ findings: [aFinding({ message })] })));
  expect(row?.['message']).toBe(message.replace(/^ */, "$&'"));
});

it('has one row a finding with what a person sorts and filters by', () => {
  const rows = csvRows(renderCsv(EXAMPLE));
  expect(rows.filter(({ record }) => record === 'finding').map(({ fingerprint }) => fingerprint)).toEqual(
    EXAMPLE.findings.map(({ fingerprint }) => fingerprint),
  );
  expect(rows[0]).toMatchObject({
    severity: 'critical',
    kind: 'exposure',
    title: 'Any service account of the cluster',
    account: '418527603941',
  });
});

it('gives quotes, commas and line breaks back as they were', () => {
  const message = 'a "quoted", comma; and\ttab';
  const [row] = csvRows(renderCsv(aReport({ findings: [aFinding({ message, fix: aFix({ commands: ['aws x --y \'{"a":[1,2]}\''] }) })] })));
  expect(row?.['message']).toBe('a "quoted", comma; and\\u0009tab');
  expect(row?.['fix']).toContain('aws x --y \'{"a":[1,2]}\'');
});

it('ends every row as RFC 4180 has it', () => {
  const output = renderCsv(EXAMPLE);
  expect(output.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(output.endsWith('\r\n')).toBe(true);
});
