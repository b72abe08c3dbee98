import { expect, it } from '@jest/globals';
import { renderOpenMetrics } from '../../../src/report/formats/openmetrics.js';
import { seriesOf } from '../format-readers.js';
import { aFinding, anIncompleteReport, aReport } from '../report-builder.js';
import { EXAMPLE, REPORTS } from './reports.js';

it.each(REPORTS)('follows the grammar of OpenMetrics: %s', (_, report) => {
  expect(seriesOf(renderOpenMetrics(report)).length).toBeGreaterThan(10);
});

it.each(['a', 'a{b="c"} 1', 'a{b="c} 1\n# EOF\n', 'a 1\n# EOF\n', '# TYPE a gauge\na{b="\\x"} 1\n# EOF\n', '# EOF\n# EOF\n'])(
  'that grammar refuses %j',
  (text) => expect(() => seriesOf(text)).toThrow(),
);

const valueOf = (report: Parameters<typeof renderOpenMetrics>[0], name: string, labels: Readonly<Record<string, string>> = {}): unknown =>
  seriesOf(renderOpenMetrics(report)).find(
    (one) => one.name === `irsa_auditor_${name}` && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
  )?.value;

it('counts by severity and by cluster', () => {
  expect(valueOf(EXAMPLE, 'findings', { severity: 'critical' })).toBe(
    EXAMPLE.findings.filter(({ severity }) => severity === 'critical').length,
  );
  const inShop = EXAMPLE.findings.filter(
    ({ clusters, severity }) => clusters.includes('eu-west-1/shop-prod') && severity === 'high',
  ).length;
  expect(valueOf(EXAMPLE, 'cluster_findings', { cluster: 'eu-west-1/shop-prod', severity: 'high' })).toBe(inShop);
  expect(valueOf(EXAMPLE, 'generated_timestamp_seconds')).toBe(Date.parse('2026-11-01T06:00:00.000Z') / 1000);
});

it('says of a cluster that it has no findings only where everything was scanned', () => {
  const clusters = [{ region: 'eu-west-1', name: 'calm', issuer: null }];
  const calm = { cluster: 'eu-west-1/calm', severity: 'high' };
  expect(valueOf(aReport({ clusters }), 'cluster_findings', calm)).toBe(0);
  expect(valueOf({ ...anIncompleteReport(), clusters }, 'cluster_findings', calm)).toBeUndefined();
  expect([valueOf(aReport(), 'complete'), valueOf(anIncompleteReport(), 'complete')]).toEqual([1, 0]);
});

it.each(['a"b', 'a\\b', 'a\\', '{x="y"} 1', 'a,b="c'])('a label may be %j', (account) => {
  expect(seriesOf(renderOpenMetrics(aReport({ account, findings: [aFinding()] })))[0]?.labels['account']).toBe(account);
});

it('leaves out a time that is none', () => expect(valueOf(aReport({ generatedAt: 'x' }), 'generated_timestamp_seconds')).toBeUndefined());
