import { atLeast, severityRank, type Severity } from '../model/finding.js';
import type { Kind, News } from '../model/news.js';
import type { Report } from '../model/report.js';
import { countsInWords, countsOf, openGaps, problemsOf, type ToldProblem } from './problems.js';

/** What one message tells of a report, and what it leaves out. */
export interface Told {
  /** In full, worst first. */
  readonly problems: readonly ToldProblem[];
  /** As a list: what only a new version of the program sees. */
  readonly brought: readonly ToldProblem[];
  /** Known to the reader and still there. */
  readonly stillOpen: readonly ToldProblem[];
  readonly belowThreshold: readonly ToldProblem[];
  /** What has happened, in one line. */
  readonly headline: string;
}

const KINDS: readonly (readonly [Kind, string])[] = [
  ['new', 'new'],
  ['reopened', 'back again'],
  ['worse', 'worse'],
];

/** Never `nothing found` where something below the threshold was. */
function nothingAt(threshold: Severity, belowThreshold: readonly ToldProblem[]): string {
  return belowThreshold.length === 0 ? 'nothing found' : `nothing of severity ${threshold} or above`;
}

function headlineOfChanges(news: News, told: Omit<Told, 'headline'>, report: Report, threshold: Severity): string {
  const { problems, brought, stillOpen } = told;
  const changes = KINDS.flatMap(([kind, word]) => {
    const some = problems.filter(({ primary }) => news.changed[primary.problem]?.kind === kind);
    return some.length === 0 ? [] : [`${countsInWords(countsOf(some))} ${word}`];
  });
  const leaders = news.resolved.filter(
    ({ fingerprint, problem }) => fingerprint === problem || !news.resolved.some((one) => one.fingerprint === problem),
  );
  const events = [
    ...changes,
    ...(leaders.length === 0 ? [] : [`${leaders.length} resolved`]),
    ...(brought.length === 0 ? [] : [`${brought.length} found by new rules`]),
  ];
  if (events.length > 0) return events.join(', ');
  if (news.gapsOver.length > 0 && report.complete) return 'complete again, nothing new';
  if (news.reminder) return `still open: ${countsInWords(countsOf(stillOpen), 'what could not be looked at again')}`;
  return stillOpen.length + report.carriedOver.length > 0 ? 'nothing new' : nothingAt(threshold, told.belowThreshold);
}

/**
 * What a message about a report tells.
 * @param news null = everything, as somebody who asks for the report gets it
 */
export function toldOf(report: Report, news: News | null, threshold: Severity): Told {
  const all = problemsOf(report);
  const atThreshold = all.filter(({ severity }) => atLeast(severity, threshold));
  const belowThreshold = all.slice(atThreshold.length);
  if (news === null || news.first) {
    const headline = countsInWords(countsOf(atThreshold), nothingAt(threshold, belowThreshold));
    return { problems: atThreshold, brought: [], stillOpen: [], belowThreshold, headline };
  }
  const brought = new Set(news.brought);
  const told = {
    problems: all.filter(({ primary }) => primary.problem in news.changed),
    brought: all.filter(({ primary }) => brought.has(primary.problem)),
    stillOpen: atThreshold.filter(({ primary }) => !(primary.problem in news.changed) && !brought.has(primary.problem)),
    belowThreshold,
  };
  return { ...told, headline: headlineOfChanges(news, told, report, threshold) };
}

/** Whether there is anything that the subscribers do not know. */
export function isNews(report: Report, news: News, threshold: Severity, whenClean: boolean): boolean {
  if (news.first || news.reminder || Object.keys(news.changed).length > 0) return true;
  if ([news.brought, news.resolved, news.gapsBegun, news.gapsOver].some((list) => list.length > 0)) return true;
  const clean =
    report.complete && report.carriedOver.length === 0 && problemsOf(report).every(({ severity }) => !atLeast(severity, threshold));
  return whenClean && clean;
}

/** The worst severity among problems, as an attribute to filter by. */
export function highestOf(problems: readonly ToldProblem[]): Severity | 'none' {
  return problems.reduce<Severity | 'none'>(
    (worst, { severity }) => (worst === 'none' || severityRank(severity) > severityRank(worst) ? severity : worst),
    'none',
  );
}

/** Gaps that the message explains, and those that the reader was told of before. */
export function gapsOf(report: Report, news: News | null): Readonly<Record<'begun' | 'old', Report['coverage']['unread']>> {
  const gaps = openGaps(report);
  if (news === null || news.first) return { begun: gaps, old: [] };
  const isNew = (gap: (typeof gaps)[number]): boolean => news.gapsBegun.some(({ what, scope }) => what === gap.what && scope === gap.scope);
  return { begun: gaps.filter(isNew), old: gaps.filter((gap) => !isNew(gap)) };
}
