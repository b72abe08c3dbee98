import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { validateXML } from 'xmllint-wasm';
import { renderJunit } from '../../../src/report/formats/junit.js';
import { xmlCases } from '../format-readers.js';
import { aFinding, aGap, anIncompleteReport, aReport, aRule } from '../report-builder.js';
import { EXAMPLE, REPORTS } from './reports.js';

const XSD = readFileSync('test/support/schemas/junit-10.xsd', 'utf8');
const problemsOf = async (contents: string): Promise<readonly string[]> =>
  (await validateXML({ xml: { fileName: 'report.xml', contents }, schema: XSD })).errors.map(({ rawMessage }) => rawMessage);

it.each(REPORTS)('follows the schema of Jenkins: %s', async (_, report) => {
  expect(await problemsOf(renderJunit(report))).toEqual([]);
});

it('is held against that schema', async () => {
  expect(await problemsOf('<testsuites><testsuite name="x"/></testsuites>')).not.toEqual([]);
  expect(await problemsOf('<testsuites>\u0001</testsuites>')).not.toEqual([]);
});

type Case = ReturnType<typeof xmlCases>[number];
const endOf = ({ failure, error, skipped }: Case): string =>
  failure !== undefined ? 'failure' : error !== undefined ? 'error' : skipped !== undefined ? `skipped: ${skipped.type}` : 'passed';
const ends = (report: Parameters<typeof renderJunit>[0]): Readonly<Record<string, string>> =>
  Object.fromEntries(xmlCases(renderJunit(report)).map((one) => [`${one.classname} ${one.name}`, endOf(one)]));

it('counts what is in it', () => {
  const xml = renderJunit(EXAMPLE);
  const cases = xmlCases(xml);
  const count = (end: string): number => cases.filter((one) => endOf(one) === end).length;
  expect(xml).toContain(`tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" time="0">`);
  expect(new Set(cases.map(({ classname, name }) => `${classname} ${name}`)).size).toBe(cases.length);
});

it('a rule passes only where it judged every subject and found nothing', () => {
  const rules = [
    aRule({ id: 'clean', checked: 2 }),
    aRule({ id: 'without-subjects', checked: 0 }),
    aRule({ id: 'partly', checked: 2, notEvaluated: [{ scope: 'eu-west-3', reason: 'denied' }] }),
    aRule({ id: 'crashed', crashed: 'TypeError' }),
    aRule({ id: 'not-shown', checked: 2, failed: 1 }),
    aRule({ id: 'carried', checked: 2 }),
  ];
  const { severity, subject, firstSeen } = aFinding();
  const carriedOver = [{ rule: 'carried', severity, subject, fingerprint: 'f3', firstSeen, lastSeen: firstSeen }];
  expect(ends({ ...aReport({ rules, carriedOver }) })).toEqual({
    'irsa-auditor.coverage not-rescanned: carried in arn:aws:eks:eu-west-1:111122223333:cluster/prod': 'skipped: not-rescanned',
    'irsa-auditor.clean all of 2 subjects': 'passed',
    'irsa-auditor.without-subjects no subject': 'skipped: no-subject',
    'irsa-auditor.partly not evaluated: eu-west-3 (denied)': 'skipped: not-evaluated',
    'irsa-auditor.crashed internal error': 'error',
    'irsa-auditor.not-shown other findings': 'skipped: not-shown',
  });
});

it('fails once for a rule and a subject, and skips what is suppressed', () => {
  const suppressed = { reason: 'known', until: null, by: 'settings' } as const;
  const other = { type: 'cluster', id: 'edge', arn: null, region: 'us-east-1' } as const;
  const findings = [aFinding(), aFinding({ fingerprint: 'f2' }), aFinding({ fingerprint: 'f3', subject: other, suppressed })];
  expect(ends(aReport({ findings, rules: [aRule({ failed: 2 })] }))).toEqual({
    'irsa-auditor.provider-missing cluster eu-west-1/prod [f1 f2]': 'failure',
    'irsa-auditor.provider-missing cluster us-east-1/edge [f3]': 'skipped: suppressed',
  });
});

it('what was not read is an error, and what is accepted is skipped', () => {
  const report = anIncompleteReport();
  const unread = [...report.coverage.unread, aGap({ scope: 'eu-south-1', accepted: true, acceptedBecause: 'closed' })];
  expect(ends({ ...report, rules: [], coverage: { ...report.coverage, unread } })).toEqual({
    'irsa-auditor.coverage not-scanned: eks:ListClusters in eu-west-3': 'error',
    'irsa-auditor.coverage accepted: eks:ListClusters in eu-south-1': 'skipped: accepted',
  });
});
