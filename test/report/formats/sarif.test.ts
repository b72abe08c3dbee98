import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { renderSarif } from '../../../src/report/formats/sarif.js';
import { sarifRun } from '../format-readers.js';
import { aFinding, aGap, anIncompleteReport, aReport, aRule, findingsOf } from '../report-builder.js';
import { EXAMPLE, REPORTS } from './reports.js';

const ajv = new Ajv.default({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync('test/support/schemas/sarif-2.1.0.schema.json', 'utf8')) as object);

/** https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning, read 2026 */
const GITHUB = { results: 25_000, rules: 25_000, tags: 20, locations: 1_000 };

it.each(REPORTS)('follows the schema of OASIS: %s', (_, report) => {
  validate(JSON.parse(renderSarif(report)));
  expect(validate.errors ?? []).toEqual([]);
});

it('is held against that schema', () => {
  expect(validate({ version: '2.1.0', runs: [{ results: [{}] }] })).toBe(false);
});

it('has for GitHub what it asks of rules and results, and no more than it takes', () => {
  const { tool, results } = sarifRun(renderSarif(EXAMPLE));
  expect(results).toHaveLength(EXAMPLE.findings.length);
  for (const rule of tool.driver.rules) {
    expect(rule).toMatchObject({
      shortDescription: { text: expect.any(String) },
      fullDescription: { text: expect.any(String) },
      help: { text: expect.any(String) },
    });
    expect(rule).toHaveProperty(['properties', 'security-severity'], expect.stringMatching(/^\d\.\d$/));
    expect(rule.properties.tags.length).toBeLessThanOrEqual(GITHUB.tags);
    expect(rule.properties.tags).toContain('security');
  }
  expect(new Set(tool.driver.rules.map(({ id }) => id)).size).toBe(tool.driver.rules.length);
  for (const { ruleId, ruleIndex, locations, partialFingerprints } of results) {
    expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(locations.length).toBeLessThanOrEqual(GITHUB.locations);
    expect(Object.keys(partialFingerprints)).toEqual(['irsaAuditorFingerprint/v1']);
  }
});

it.each([
  ['critical', 'error', /^9\.\d$/],
  ['high', 'error', /^[78]\.\d$/],
  ['medium', 'warning', /^[456]\.\d$/],
  ['low', 'note', /^[0123]\.[1-9]$|^[123]\.0$/],
] as const)('GitHub shows %s as it is', (severity, level, score) => {
  const { tool, results } = sarifRun(renderSarif(aReport({ findings: [aFinding({ severity })] })));
  expect(results[0]?.level).toBe(level);
  expect(tool.driver.rules[0]).toHaveProperty(['properties', 'security-severity'], expect.stringMatching(score));
});

it('cuts the least severe where there are more than GitHub takes, and says how many', () => {
  const findings = [...findingsOf('low', 2), ...findingsOf('high', GITHUB.results - 1)];
  const run = sarifRun(renderSarif(aReport({ findings })));
  expect(run.results).toHaveLength(GITHUB.results);
  expect(run.results.filter(({ level }) => level === 'note')).toHaveLength(1);
  expect(run.invocations[0].toolExecutionNotifications.map(({ descriptor, message }) => [descriptor.id, message.text])).toEqual([
    ['cut', '1 result is left out: a run holds 25000 at most, the most severe.'],
  ]);
});

it('says nothing of a cut where just as many are there', () => {
  const run = sarifRun(renderSarif(aReport({ findings: findingsOf('low', GITHUB.results) })));
  expect([run.results.length, run.invocations[0].toolExecutionNotifications]).toEqual([GITHUB.results, []]);
});

it('is successful only where everything was read', () => {
  expect(sarifRun(renderSarif(aReport())).invocations[0]).toMatchObject({ executionSuccessful: true, toolExecutionNotifications: [] });
  const partial = sarifRun(renderSarif({ ...anIncompleteReport(), rules: [aRule({ crashed: 'TypeError' })] })).invocations[0];
  expect(partial.executionSuccessful).toBe(false);
  expect(partial.toolExecutionNotifications.map(({ level, descriptor }) => [level, descriptor.id])).toEqual([
    ['warning', 'not-scanned'],
    ['error', 'rule-crashed'],
  ]);
});

it('keeps a finding that could not be scanned again: GitHub would close its alert', () => {
  const { rule, severity, subject, firstSeen } = aFinding();
  const carriedOver = [{ rule, severity, subject, fingerprint: 'carried', firstSeen, lastSeen: '2026-10-31T06:00:00.000Z' }];
  expect(sarifRun(renderSarif({ ...anIncompleteReport(), carriedOver })).results).toMatchObject([
    {
      level: 'error',
      partialFingerprints: { 'irsaAuditorFingerprint/v1': 'carried' },
      message: { text: expect.stringContaining('Last seen 2026-10-31 06:00 UTC; it could not be scanned again.') },
    },
  ]);
});

it('has what is suppressed with its reason', () => {
  const suppressed = { reason: 'accepted by the team', until: '2026-12-31', by: 'settings' } as const;
  const { results } = sarifRun(renderSarif(aReport({ findings: [aFinding({ suppressed })] })));
  expect(results[0]?.suppressions).toEqual([
    { kind: 'external', status: 'accepted', justification: 'Suppressed by the settings until 2026-12-31: accepted by the team' },
  ]);
});

it('places a resource by what it is alone, whatever is found of it and in which order', () => {
  const uris = (report: Parameters<typeof renderSarif>[0]): unknown =>
    Object.fromEntries(
      sarifRun(renderSarif(report)).results.map(({ partialFingerprints, locations }) => [
        Object.values(partialFingerprints)[0],
        locations[0]?.physicalLocation.artifactLocation.uri,
      ]),
    );
  const later = {
    ...EXAMPLE,
    generatedAt: '2026-12-01T06:00:00.000Z',
    findings: [...EXAMPLE.findings].reverse().map((one) => ({ ...one, message: 'x' })),
  };
  expect(uris(later)).toEqual(uris(EXAMPLE));
});

it.each([
  ['..', 'aws/111122223333/global/role/_..'],
  ['../../.github/workflows/x.yml', 'aws/111122223333/global/role/_../_../.github/workflows/x.yml'],
  ['', 'aws/111122223333/global/role/_'],
  ['a b?#%', 'aws/111122223333/global/role/a%20b%3F%23%25'],
  ['arn:aws:iam::111122223333:role/path/app', 'aws/111122223333/global/role/path/app'],
])('a resource called %j leads to no other file', (id, uri) => {
  const report = aReport({ findings: [aFinding({ subject: { type: 'role', id, arn: null, region: null } })] });
  expect(sarifRun(renderSarif(report)).results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
});

it('no message is a link or has a place for an argument', () => {
  const message = 'see [here](https://evil.example) and {0}';
  const { results, invocations } = sarifRun(
    renderSarif({ ...anIncompleteReport(aGap({ detail: message })), findings: [aFinding({ message })] }),
  );
  for (const text of [results[0]?.message.text, invocations[0].toolExecutionNotifications[0]?.message.text]) {
    expect(text).toContain('[here] (https://evil.example) and {{0}}');
    expect(text).not.toMatch(/\[[^\]]*\]\(|(?<!\{)\{\d/);
  }
});
