import { groupBy } from '../../lib/group-by.js';
import { atLeast, SEVERITIES, severityRank, type Finding, type Severity } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';

/** One problem as people are told of it: what leads, and what is wrong besides. */
export interface ToldProblem {
  readonly primary: Finding;
  readonly coDefects: readonly Finding[];
  /** The worst of all its findings. */
  readonly severity: Severity;
}

const worst = (findings: readonly Finding[]): Severity =>
  findings.reduce<Severity>((most, { severity }) => (severityRank(severity) > severityRank(most) ? severity : most), 'info');

/** The problems of a report, worst first, suppressed findings left out. */
export function problemsOf(report: Report): readonly ToldProblem[] {
  const groups = groupBy(
    report.findings.filter(({ suppressed }) => suppressed === null),
    ({ problem }) => problem,
  );
  const problems = [...groups.values()].flatMap((group): ToldProblem[] => {
    const primary = group.find(({ place }) => place === 'primary') ?? group[0];
    return primary === undefined ? [] : [{ primary, coDefects: group.filter((finding) => finding !== primary), severity: worst(group) }];
  });
  // The sort is stable: within a severity the report's own order stays.
  return problems.sort((left, right) => severityRank(right.severity) - severityRank(left.severity));
}

/** What weighs most in a problem: whoever annotates a service account could have a harmless finding lead a grave one. */
export function gravestOf({ primary, coDefects, severity }: ToldProblem): Finding {
  return [primary, ...coDefects].find((finding) => finding.severity === severity) ?? primary;
}

export type Counts = Readonly<Record<Severity, number>>;

/** How many problems, or findings, there are of each severity. */
export function countsOf(items: readonly { readonly severity: Severity }[]): Counts {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of items) counts[severity] += 1;
  return counts;
}

/** `2 high, 1 medium`, worst first; `nothing found` where all are zero. */
export function countsInWords(counts: Counts, nothing = 'nothing found'): string {
  const words = [...SEVERITIES].reverse().flatMap((severity) => (counts[severity] > 0 ? [`${counts[severity]} ${severity}`] : []));
  return words.length === 0 ? nothing : words.join(', ');
}

/** Suppressed findings that are named wherever the others are told: nobody shall take silence for order. The worst first. */
export function loudlySuppressed(report: Report): readonly Finding[] {
  return report.findings
    .filter(({ suppressed, severity }) => suppressed !== null && atLeast(severity, 'high'))
    .sort((left, right) => severityRank(right.severity) - severityRank(left.severity));
}

/** How much is found and told, with what is suppressed and weighs: `1 low; suppressed: 2 critical`. */
export function toldInWords(problems: readonly ToldProblem[], report: Report, nothing = 'nothing found'): string {
  const silent = loudlySuppressed(report);
  if (silent.length === 0) return countsInWords(countsOf(problems), nothing);
  return `${countsInWords(countsOf(problems), 'nothing reported')}; suppressed: ${countsInWords(countsOf(silent))}`;
}

/** What can be said where there is no problem to tell; null where even that would say too much. */
export function allClear(report: Report): string | null {
  if ((report.selection?.leftOut ?? 0) > 0) return null;
  if (!report.complete || report.carriedOver.length > 0 || problemsOf(report).length > 0) return null;
  return report.findings.length === 0
    ? 'Everything that was scanned is in order.'
    : 'Apart from what is suppressed, everything that was scanned is in order.';
}

/** Reads that were asked for, not answered and not accepted. */
export function openGaps(report: { readonly coverage: Pick<Report['coverage'], 'unread'> }): Report['coverage']['unread'] {
  return report.coverage.unread.filter(({ accepted }) => !accepted);
}
