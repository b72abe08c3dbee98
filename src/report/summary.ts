import { severityRank, type Finding, type Severity } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { escapedBytes, longestFitting } from './fitting.js';
import { inertJson } from './inert.js';
import { countsOf, openGaps, type ToldProblem } from './problems.js';

/** The most bytes of one summary, escaped as it is inside the message, which carries it four times. */
export const SUMMARY_LIMIT = 40_000;
/** Nothing that one account or one pattern can swell may push everything else out. */
const MOST_RELATED = 10;
const MOST_COMMAND_CHARACTERS = 5_000;
const MOST_PROSE_CHARACTERS = 1_000;
/** More than ever fit: measuring the others would be in vain. */
const MOST_CANDIDATES = 500;

const clipped = (text: string): string => (text.length > MOST_PROSE_CHARACTERS ? `${text.slice(0, MOST_PROSE_CHARACTERS)}…` : text);

function summaryOf(finding: Finding): object {
  const { fix, related } = finding;
  const told = {
    rule: finding.rule,
    cause: finding.cause,
    severity: finding.severity,
    confidence: finding.confidence,
    subject: finding.subject,
    place: finding.place,
    problem: finding.problem,
    related: related.slice(0, MOST_RELATED),
    relatedCut: Math.max(0, related.length - MOST_RELATED),
    message: clipped(finding.message),
    error: finding.error === null ? null : clipped(finding.error),
    fingerprint: finding.fingerprint,
    status: finding.status,
    firstSeen: finding.firstSeen,
  };
  if (fix === null) return { ...told, fix: null };
  const ready = fix.commands.join('').length <= MOST_COMMAND_CHARACTERS ? fix.commands : [];
  const grants = fix.grants.slice(0, MOST_RELATED);
  const cuts = { commandsCut: fix.commands.length - ready.length, grantsCut: fix.grants.length - grants.length };
  return { ...told, fix: { summary: clipped(fix.summary), verified: fix.verified, commands: ready, grants, ...cuts } };
}

export interface SummaryInput {
  readonly report: Report;
  readonly told: readonly ToldProblem[];
  readonly belowThreshold: readonly ToldProblem[];
  readonly threshold: Severity;
  readonly whereReport: string;
}

/** What machines get: the findings without evidence and patches, the worst first, as many as fit. `counts` are of problems. */
export function summaryJson({ report, told, belowThreshold, threshold, whereReport }: SummaryInput): string {
  const findings = told
    .flatMap(({ primary, coDefects }) => [primary, ...coDefects])
    .sort((left, right) => severityRank(right.severity) - severityRank(left.severity));
  const gaps = openGaps(report);
  const body = (shown: readonly Finding[], gapsShown: typeof gaps): string =>
    inertJson(
      JSON.stringify({
        schemaVersion: 1,
        account: report.account,
        partition: report.partition,
        generatedAt: report.generatedAt,
        complete: report.complete,
        threshold,
        counts: countsOf(told),
        belowThreshold: belowThreshold.length,
        findings: shown.map(summaryOf),
        cut: findings.length - shown.length,
        unread: gapsShown.map(({ what, scope, reason }) => ({ what, scope, reason })),
        unreadCut: gaps.length - gapsShown.length,
        whereReport: clipped(whereReport),
      }),
    );
  const gapsShown = longestFitting(gaps.slice(0, MOST_CANDIDATES), (list) => escapedBytes(body([], list)) <= SUMMARY_LIMIT / 4);
  return body(
    longestFitting(findings.slice(0, MOST_CANDIDATES), (list) => escapedBytes(body(list, gapsShown)) <= SUMMARY_LIMIT),
    gapsShown,
  );
}
