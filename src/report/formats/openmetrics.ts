import { groupBy } from '../../lib/group-by.js';
import { inert } from '../../lib/escape-text.js';
import { SEVERITIES, type Finding } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { countsOf, openGaps, problemsOf } from '../parts/problems.js';

type Labels = Readonly<Record<string, string>>;

/** One series of a metric family, and its value. */
interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** One gauge with its series. */
interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly unit?: string;
  readonly samples: readonly Sample[];
}

/** A value of a label: backslash, quote and line break are escaped. */
const label = (value: string): string => inert(value).replace(/[\\"]/g, '\\$&');

function linesOf({ name, help, unit, samples }: Gauge): string[] {
  return [
    `# TYPE ${name} gauge`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
    ...samples.map(({ labels, value }) => {
      const words = Object.entries(labels).map(([key, text]) => `${key}="${label(text)}"`);
      return `${name}{${words.join(',')}} ${value}`;
    }),
  ];
}

const bySeverity = (labels: Labels, items: readonly Pick<Finding, 'severity'>[]): Sample[] => {
  const counts = countsOf(items);
  return [...SEVERITIES].reverse().map((severity) => ({ labels: { ...labels, severity }, value: counts[severity] }));
};

/** Zeros are written only of an audit that saw all it was asked to: elsewhere none found is not none there. */
function byCluster({ account, clusters, complete }: Report, told: readonly Finding[]): Sample[] {
  const pairs = told.flatMap(({ clusters: places, severity }) => [...new Set(places)].map((cluster) => ({ cluster, severity })));
  const found = groupBy(pairs, ({ cluster }) => cluster);
  const all = [...new Set([...clusters.map(({ region, name }) => `${region}/${name}`), ...found.keys()])].sort();
  return all.flatMap((cluster) => bySeverity({ account, cluster }, found.get(cluster) ?? [])).filter(({ value }) => value > 0 || complete);
}

function gaugesOf(report: Report): Gauge[] {
  const { account, findings, coverage, complete, carriedOver, generatedAt, rules } = report;
  const told = findings.filter(({ suppressed }) => suppressed === null);
  const silent = findings.filter(({ suppressed }) => suppressed !== null);
  const one = (value: number): Sample[] => [{ labels: { account }, value }];
  const time = Date.parse(generatedAt) / 1000;
  const open = openGaps(report).length;
  const gauge = (name: string, help: string, samples: readonly Sample[]): Gauge => ({ name: `irsa_auditor_${name}`, help, samples });
  return [
    gauge(
      'problems',
      'Problems that are reported: each a finding with those that go with it.',
      bySeverity({ account }, problemsOf(report)),
    ),
    gauge('findings', 'Findings that are reported.', bySeverity({ account }, told)),
    gauge('suppressed_findings', 'Findings that are there and suppressed.', bySeverity({ account }, silent)),
    gauge('cluster_findings', 'Findings that are reported, in each cluster in which they bite.', byCluster(report, told)),
    gauge('complete', 'Whether everything that was asked for could be scanned (1) or not (0).', one(complete ? 1 : 0)),
    gauge('unread', 'Reads that were not answered.', [
      { labels: { account, accepted: 'false' }, value: open },
      { labels: { account, accepted: 'true' }, value: coverage.unread.length - open },
    ]),
    gauge('crashed_rules', 'Rules that ended with an internal error.', one(rules.filter(({ crashed }) => crashed !== null).length)),
    gauge('not_rescanned_findings', 'Findings of earlier runs that could not be scanned again.', one(carriedOver.length)),
    gauge('left_out_findings', 'Findings that a selection left out.', one(report.selection?.leftOut ?? 0)),
    {
      name: 'irsa_auditor_generated_timestamp_seconds',
      unit: 'seconds',
      help: 'When the report was made.',
      samples: Number.isFinite(time) ? one(time) : [],
    },
  ];
}

/** A report as OpenMetrics text, version 1.0: gauges of one account, for a textfile collector or a push gateway. */
export function renderOpenMetrics(report: Report): string {
  return [...gaugesOf(report).flatMap(linesOf), '# EOF', ''].join('\n');
}
