import { plural } from '../../lib/plural.js';
import { atLeast, SEVERITIES, severityRank, type Severity } from '../../model/report/finding.js';
import type { NewsKind, News, Upgrade } from '../../model/report/report-changes.js';
import type { Report } from '../../model/report/report.js';
import { countsInWords, countsOf, openGaps, problemsOf, toldInWords, type ToldProblem } from './problems.js';

/** What one message tells of a report, and what it leaves out. */
export interface Told {
  /** In full, worst first. */
  readonly problems: readonly ToldProblem[];
  /** As a list: what a new version of the program judges as new or more severe. */
  readonly fromUpgrade: readonly ToldProblem[];
  /** Known to the reader and still there. */
  readonly stillOpen: readonly ToldProblem[];
  readonly belowThreshold: readonly ToldProblem[];
  /** What has happened, in one line. */
  readonly headline: string;
}

/** How a change of problems is said: `1 new critical, 2 new high`, `1 reopened high`, `1 raised to high`. */
const KINDS: readonly (readonly [NewsKind, string])[] = [
  ['new', 'new'],
  ['reopened', 'reopened'],
  ['worse', 'raised to'],
];

function changesInWords(word: string, problems: readonly ToldProblem[]): string[] {
  const counts = countsOf(problems);
  return [...SEVERITIES].reverse().flatMap((severity) => (counts[severity] > 0 ? [`${counts[severity]} ${word} ${severity}`] : []));
}

/** Never `nothing found` where something below the threshold was. */
function nothingAt(threshold: Severity, belowThreshold: readonly ToldProblem[]): string {
  return belowThreshold.length === 0 ? 'nothing found' : `nothing of severity ${threshold} or above`;
}

/** `version 0.2.0 judges 5 differently (1 critical)`; what is high or critical must not hide behind a number. */
function upgradeInWords({ version, milder, gone }: Upgrade, problems: readonly ToldProblem[]): string {
  const loud = problems.filter(({ severity }) => atLeast(severity, 'high'));
  const worst = loud.length === 0 ? '' : ` (${countsInWords(countsOf(loud))})`;
  return `version ${version} rates ${problems.length + milder.length + gone.length} differently${worst}`;
}

/** What keeps findings back, where that has changed. */
function silenceInWords({ silenced, turnedDown, tagsWithoutEffect }: News): readonly string[] {
  const tags = tagsWithoutEffect.length;
  return [
    ...(silenced.length === 0 ? [] : [`${countsInWords(countsOf(silenced))} no longer reported`]),
    ...(turnedDown.length === 0 || silenced.length > 0 ? [] : ['reporting is limited by the settings']),
    ...(tags === 0 ? [] : [`${plural(tags, 'tag')} without effect`]),
  ];
}

function headlineOfChanges(news: News, told: Omit<Told, 'headline'>, report: Report, threshold: Severity): string {
  const { problems, fromUpgrade, stillOpen } = told;
  const changes = KINDS.flatMap(([kind, word]) => {
    const some = problems.filter(({ primary }) => news.changed[primary.problem]?.kind === kind);
    return changesInWords(word, some);
  });
  const leaders = news.resolved.filter(
    ({ fingerprint, problem }) => fingerprint === problem || !news.resolved.some((one) => one.fingerprint === problem),
  );
  const events = [
    ...changes,
    ...silenceInWords(news),
    ...(leaders.length === 0 ? [] : [`${leaders.length} fixed`]),
    ...(news.upgrade === null ? [] : [upgradeInWords(news.upgrade, fromUpgrade)]),
  ];
  if (events.length > 0) return events.join(', ');
  if (news.gapsOver.length > 0 && report.complete) return 'complete again, nothing new';
  if (news.reminder) return `reminder: ${toldInWords(stillOpen, report, 'what could not be scanned again')} open`;
  if (stillOpen.length + report.carriedOver.length > 0) return 'nothing new';
  return toldInWords([], report, nothingAt(threshold, told.belowThreshold));
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
    const found = toldInWords(atThreshold, report, nothingAt(threshold, belowThreshold));
    const headline = news === null ? found : `${news.setAside === null ? 'first audit' : 'reported again'}: ${found}`;
    return { problems: atThreshold, fromUpgrade: [], stillOpen: [], belowThreshold, headline };
  }
  const judged = news.upgrade?.problems ?? {};
  const told = {
    problems: all.filter(({ primary }) => primary.problem in news.changed),
    fromUpgrade: all.filter(({ primary }) => primary.problem in judged),
    stillOpen: atThreshold.filter(({ primary }) => !(primary.problem in news.changed) && !(primary.problem in judged)),
    belowThreshold,
  };
  return { ...told, headline: headlineOfChanges(news, told, report, threshold) };
}

/** Whether there is anything that the subscribers do not know. */
export function isNews(report: Report, news: News, threshold: Severity, whenClean: boolean): boolean {
  if (news.first || news.reminder || news.upgrade !== null || Object.keys(news.changed).length > 0) return true;
  const { resolved, gapsBegun, gapsOver, turnedDown, silenced, tagsWithoutEffect } = news;
  if ([resolved, gapsBegun, gapsOver, turnedDown, silenced, tagsWithoutEffect].some((list) => list.length > 0)) return true;
  const clean =
    report.complete && report.carriedOver.length === 0 && problemsOf(report).every(({ severity }) => !atLeast(severity, threshold));
  return whenClean && clean;
}

/**
 * The worst severity of what a message tells, as an attribute to filter by; what is silenced weighs as much as what is found, and
 * what is still open as much as it did where the reader is reminded of it.
 */
export function highestOf(
  { problems, fromUpgrade, stillOpen }: Told,
  { silenced, tagsWithoutEffect, reminder }: News,
  { carriedOver }: Pick<Report, 'carriedOver'>,
): Severity | 'none' {
  const open = reminder ? [...stillOpen, ...carriedOver] : [];
  return [...problems, ...fromUpgrade, ...silenced, ...tagsWithoutEffect, ...open].reduce<Severity | 'none'>(
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
