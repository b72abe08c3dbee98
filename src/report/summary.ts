import { severityRank, type Finding, type Severity } from '../model/finding.js';
import type { News, Resolved } from '../model/news.js';
import type { Report } from '../model/report.js';
import type { Told } from './told.js';
import { escapedBytes, longestFitting } from './fitting.js';
import { inertJson } from './inert.js';
import { countsOf, openGaps } from './problems.js';

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
  readonly news: News;
  readonly told: Told;
  readonly threshold: Severity;
  readonly whereReport: string;
}

function resolvedOf({ fingerprint, rule, subject, severity, firstSeen, problem, how }: Resolved): object {
  return { fingerprint, rule, subject, severity, firstSeen, problem, how };
}

/**
 * What machines get: what is told, without evidence and patches, the worst first, as many as fit. `counts` are of problems
 * that are told; `stillOpen` counts those that were told before.
 */
export function summaryJson({ report, news, told, threshold, whereReport }: SummaryInput): string {
  const problems = [...told.problems, ...told.brought];
  const findings = problems
    .flatMap(({ primary, coDefects }) => [primary, ...coDefects])
    .sort((left, right) => severityRank(right.severity) - severityRank(left.severity));
  const gaps = openGaps(report);
  const body = (shown: readonly Finding[], resolved: readonly Resolved[], gapsShown: typeof gaps): string =>
    inertJson(
      JSON.stringify({
        schemaVersion: 1,
        account: report.account,
        partition: report.partition,
        generatedAt: report.generatedAt,
        complete: report.complete,
        first: news.first,
        threshold,
        counts: countsOf(problems),
        stillOpen: countsOf(told.stillOpen),
        carriedOver: report.carriedOver.length,
        belowThreshold: told.belowThreshold.length,
        findings: shown.map(summaryOf),
        cut: findings.length - shown.length,
        resolved: resolved.map(resolvedOf),
        resolvedCut: news.resolved.length - resolved.length,
        unread: gapsShown.map(({ what, scope, reason }) => ({ what, scope, reason })),
        unreadCut: gaps.length - gapsShown.length,
        whereReport: clipped(whereReport),
      }),
    );
  const fitting = <T>(list: readonly T[], limit: number, text: (some: readonly T[]) => string): readonly T[] =>
    longestFitting(list.slice(0, MOST_CANDIDATES), (some) => escapedBytes(text(some)) <= limit);
  const gapsShown = fitting(gaps, SUMMARY_LIMIT / 4, (list) => body([], [], list));
  const resolved = fitting(news.resolved, SUMMARY_LIMIT / 2, (list) => body([], list, gapsShown));
  return body(
    fitting(findings, SUMMARY_LIMIT, (list) => body(list, resolved, gapsShown)),
    resolved,
    gapsShown,
  );
}
