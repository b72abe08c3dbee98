import { severityRank, type Finding, type Severity, type Suppressed } from '../../model/report/finding.js';
import type { Named, News, Resolved, TurnedDown } from '../../model/report/report-changes.js';
import type { Report } from '../../model/report/report.js';
import type { Told } from '../parts/select-problems.js';
import { escapedBytes, longestFitting } from '../layout/truncate-bytes.js';
import { inertJson } from '../../lib/escape-text.js';
import { countsOf, loudlySuppressed, openGaps } from '../parts/problems.js';

/** The most bytes of one summary, escaped as it is inside the message, which uses it four times. */
export const SUMMARY_LIMIT = 40_000;
/** Nothing that one account or one pattern can swell may push everything else out. */
const MOST_RELATED = 10;
const MOST_COMMAND_CHARACTERS = 5_000;
const MOST_PROSE_CHARACTERS = 1_000;
const MOST_REASON_CHARACTERS = 200;
/** More than ever fit: measuring the others would be without effect. */
const MOST_CANDIDATES = 500;

const clipped = (text: string, most = MOST_PROSE_CHARACTERS): string => (text.length > most ? `${text.slice(0, most)}…` : text);
const reasonOf = (reason: string): string => clipped(reason, MOST_REASON_CHARACTERS);

function summaryOf(finding: Finding, byUpgrade: boolean): object {
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
    byUpgrade,
    tagWithoutEffect: finding.tagWithoutEffect,
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

/** Lists beside the findings, each with how many of it were cut. What somebody may have done to silence the audit comes first. */
const LISTS = ['silenced', 'turnedDown', 'tagsWithoutEffect', 'suppressed', 'lessSevere', 'noLongerFound'] as const;

interface Listed {
  readonly list: (typeof LISTS)[number];
  readonly entry: object;
}

function turnedDownOf(one: TurnedDown): object {
  if (one.what === 'suppression') return { what: one.what, ...one.suppression, reason: reasonOf(one.suppression.reason) };
  if (one.what === 'accepted') return { what: one.what, ...one.accepted, reason: reasonOf(one.accepted.reason) };
  if (one.what === 'not-requested') return { what: one.what, read: one.gap.what, scope: one.gap.scope };
  if (one.what !== 'clusters') return one;
  const { include, exclude } = one.clusters;
  return { what: one.what, include: include.slice(0, MOST_RELATED), exclude: exclude.slice(0, MOST_RELATED) };
}

function listedOf(report: Report, { silenced, turnedDown, tagsWithoutEffect, upgrade }: News): readonly Listed[] {
  const named = ({ fingerprint, rule, subject, severity }: Omit<Named, 'title'>): object => ({ fingerprint, rule, subject, severity });
  const why = (suppressed: Suppressed): object => ({ ...suppressed, reason: reasonOf(suppressed.reason) });
  return [
    ...silenced.map((one) => ({
      list: 'silenced' as const,
      entry: { ...named(one), why: typeof one.why === 'string' ? one.why : why(one.why) },
    })),
    ...turnedDown.map((one) => ({ list: 'turnedDown' as const, entry: turnedDownOf(one) })),
    ...tagsWithoutEffect.map((one) => ({ list: 'tagsWithoutEffect' as const, entry: { ...named(one), on: one.on } })),
    ...loudlySuppressed(report).flatMap((one) =>
      one.suppressed === null ? [] : [{ list: 'suppressed' as const, entry: { ...named(one), suppressed: why(one.suppressed) } }],
    ),
    ...(upgrade?.milder ?? []).map((one) => ({ list: 'lessSevere' as const, entry: { ...named(one), was: one.was } })),
    ...(upgrade?.gone ?? []).map((one) => ({ list: 'noLongerFound' as const, entry: named(one) })),
  ];
}

/** Every list that is shown, and how much of it is not. */
function listsOf(shown: readonly Listed[], all: readonly Listed[]): object {
  const of = (some: readonly Listed[], list: Listed['list']): readonly object[] =>
    some.flatMap((one) => (one.list === list ? [one.entry] : []));
  return Object.fromEntries<readonly object[] | number>(
    LISTS.flatMap((list) => [
      [list, of(shown, list)],
      [`${list}Cut`, of(all, list).length - of(shown, list).length],
    ]),
  );
}

/**
 * What machines get: what is told, without evidence and patches, the worst first, as many as fit. `counts` are of problems
 * that are told; `stillOpen` counts those that were told before.
 */
export function summaryJson({ report, news, told, threshold, whereReport }: SummaryInput): string {
  const problems = [...told.problems, ...told.fromUpgrade];
  const findings = problems
    .flatMap(({ primary, coDefects }) => [primary, ...coDefects])
    .sort((left, right) => severityRank(right.severity) - severityRank(left.severity));
  const gaps = openGaps(report);
  const listed = listedOf(report, news);
  const upgraded = new Set(told.fromUpgrade.map(({ primary }) => primary.problem));
  const body = (shown: readonly Finding[], resolved: readonly Resolved[], gapsShown: typeof gaps, lists: readonly Listed[]): string =>
    inertJson(
      JSON.stringify({
        schemaVersion: 1,
        account: report.account,
        accountAlias: report.accountAlias ?? null,
        partition: report.partition,
        generatedAt: report.generatedAt,
        complete: report.complete,
        first: news.first,
        setAside: news.setAside === null ? null : clipped(news.setAside),
        upgradedTo: news.upgrade?.version ?? null,
        threshold,
        counts: countsOf(problems),
        stillOpen: countsOf(told.stillOpen),
        carriedOver: report.carriedOver.length,
        belowThreshold: told.belowThreshold.length,
        findings: shown.map((finding) => summaryOf(finding, upgraded.has(finding.problem))),
        cut: findings.length - shown.length,
        resolved: resolved.map(resolvedOf),
        resolvedCut: news.resolved.length - resolved.length,
        unread: gapsShown.map(({ what, scope, reason }) => ({ what, scope, reason })),
        unreadCut: gaps.length - gapsShown.length,
        ...listsOf(lists, listed),
        whereReport: clipped(whereReport),
      }),
    );
  const fitting = <T>(list: readonly T[], limit: number, text: (some: readonly T[]) => string): readonly T[] =>
    longestFitting(list.slice(0, MOST_CANDIDATES), (some) => escapedBytes(text(some)) <= limit);
  const gapsShown = fitting(gaps, SUMMARY_LIMIT / 4, (list) => body([], [], list, []));
  // Each has its own room, and what those before it leave: none pushes the others out.
  const lists = LISTS.reduce<readonly Listed[]>((shown, list, index) => {
    const limit = SUMMARY_LIMIT / 4 + ((index + 1) * SUMMARY_LIMIT) / (4 * LISTS.length);
    const own = listed.filter((one) => one.list === list);
    return [...shown, ...fitting(own, limit, (some) => body([], [], gapsShown, [...shown, ...some]))];
  }, []);
  const resolved = fitting(news.resolved, (SUMMARY_LIMIT * 3) / 4, (list) => body([], list, gapsShown, lists));
  return body(
    fitting(findings, SUMMARY_LIMIT, (list) => body(list, resolved, gapsShown, lists)),
    resolved,
    gapsShown,
    lists,
  );
}
