import { DAY } from '../../lib/day.js';
import { groupBy } from '../../lib/group-by.js';
import { atLeast, type Finding, type Severity } from '../../model/report/finding.js';
import type { ChangedProblem, NewsKind, News, Resolved } from '../../model/report/report-changes.js';
import type { CarriedOver, Report } from '../../model/report/report.js';
import type { Settings } from '../../model/report/settings.js';
import type { State } from '../../model/report/state.js';
import type { Rule } from '../../rules/contract/define-rule.js';
import type { Audit } from '../audit.js';
import { crashes, gapNews, gapsOf, leftRegions, rememberGaps } from './gaps.js';
import { Recollection } from './next-state.js';
import { resolutions } from './resolve.js';
import { Reported } from './silenced.js';
import { rememberSettings, turnedDown } from './turned-down.js';
import { judgedBefore, mayComeFromUpgrade, rulesJudged, upgradeOf } from './upgrade.js';

/** A schedule may start a run some minutes early: the seventh day's must not wait for the eighth. */
const EARLY = 60 * 60 * 1000;

/** An audit beside the memory of the runs before it. */
export interface Changes {
  /** The report with what memory knows: since when, whether it came back, and what could not be checked again. */
  readonly report: Report;
  readonly news: News;
  /** The memory to keep once the news was told. */
  readonly next: State;
}

/** The kind of a problem is that of the finding that leads it; where that is known, it has become worse. */
function problemOf(findings: readonly Finding[], kinds: ReadonlyMap<string, NewsKind>): ChangedProblem {
  const leader = findings.find(({ place }) => place === 'primary') ?? findings[0];
  const changed = findings.flatMap(({ fingerprint }) => (kinds.has(fingerprint) ? [fingerprint] : []));
  return { kind: kinds.get(leader?.fingerprint ?? '') ?? 'worse', changed };
}

interface Told {
  readonly changed: Readonly<Record<string, ChangedProblem>>;
  /** Those that may come from an upgrade alone. */
  readonly fromUpgrade: Readonly<Record<string, ChangedProblem>>;
}

/** Which problems to tell, and which of them apart. */
function toTell(
  { report }: Audit,
  { recollection, reported }: { readonly recollection: Recollection; readonly reported: Reported },
  judged: (rule: string) => boolean,
  notifyAt: Severity,
): Told {
  const kinds = new Map(
    report.findings.flatMap((finding): [string, NewsKind][] => {
      const { fingerprint, severity, suppressed } = finding;
      const below = suppressed === null && reported.wasBelow(fingerprint) ? 'reopened' : null;
      const kind = atLeast(severity, notifyAt) ? (recollection.kindOf(finding) ?? below) : null;
      return kind === null ? [] : [[fingerprint, kind]];
    }),
  );
  const fromUpgrade = (finding: Finding): boolean => !judged(finding.rule) && mayComeFromUpgrade(finding, recollection);
  const unsuppressed = report.findings.filter(({ suppressed }) => suppressed === null);
  const news = [...groupBy(unsuppressed, ({ problem }) => problem)]
    .map(([problem, findings]) => ({ problem, findings, changed: findings.filter(({ fingerprint }) => kinds.has(fingerprint)) }))
    .filter(({ changed }) => changed.length > 0);
  const pick = (apart: boolean): Readonly<Record<string, ChangedProblem>> =>
    Object.fromEntries(
      news
        .filter(({ changed }) => changed.every(fromUpgrade) === apart)
        .map(({ problem, findings }) => [problem, problemOf(findings, kinds)]),
    );
  return { changed: pick(false), fromUpgrade: pick(true) };
}

/** What subscribers were told of and is gone. Half a repair is no news: what led the problem must be gone too. */
function resolvedOf(
  recollection: Recollection,
  next: State['findings'],
  judged: (rule: string) => boolean,
  titleOf: (rule: string) => string,
): readonly Resolved[] {
  const isThere = (fingerprint: string): boolean => ['open', 'superseded'].includes(next[fingerprint]?.status ?? '');
  const told = (how: 'passed' | 'gone'): readonly Resolved[] =>
    recollection.whatBecame(how).flatMap(([fingerprint, { rule, subject, severity, firstSeen, problem, told: heard, suppressed }]) => {
      if (heard === null || suppressed || (how === 'passed' && !judged(rule)) || (problem !== fingerprint && isThere(problem))) return [];
      return [{ fingerprint, rule, title: titleOf(rule), subject, severity, firstSeen, problem, how, remaining: [] }];
    });
  const all = [...told('passed'), ...told('gone')].sort((left, right) => (left.fingerprint < right.fingerprint ? -1 : 1));
  const leaders = new Set(all.map(({ fingerprint }) => fingerprint));
  const left = groupBy(
    Object.entries(next).filter(
      ([fingerprint, { status }]) => status === 'open' && leaders.has(recollection.before(fingerprint)?.problem ?? ''),
    ),
    ([fingerprint]) => recollection.before(fingerprint)?.problem,
  );
  return all.map((one) => ({ ...one, remaining: (left.get(one.fingerprint) ?? []).map(([, { rule }]) => titleOf(rule)) }));
}

function carriedOver(recollection: Recollection): readonly CarriedOver[] {
  return recollection
    .whatBecame('unread')
    .flatMap(([fingerprint, { rule, severity, subject, firstSeen, lastSeen, status }]) =>
      status === 'open' ? [{ rule, severity, subject, fingerprint, firstSeen, lastSeen }] : [],
    );
}

/** What a comparison needs beside the audit. */
export interface Comparing {
  readonly rules: readonly Rule[];
  readonly settings: Settings;
  /** Of this program: what another one judged differently is told apart. */
  readonly version: string;
  /** Why a memory was there and could not be used. */
  readonly setAside?: string | null;
}

/**
 * Compares an audit with the memory of the runs before it. Pure.
 * @param previous null = there is no memory, as on a first run
 */
export function changesSince(previous: State | null, audit: Audit, { rules, settings, version, setAside = null }: Comparing): Changes {
  const { report, facts } = audit;
  const { inventory } = facts;
  const now = report.generatedAt;
  const gaps = [...gapsOf(inventory, report.coverage.unread, previous), ...crashes(report)];
  const gapsBefore = previous?.gaps ?? [];
  const titles = new Map(rules.map(({ id, title }) => [id, title]));
  const titleOf = (rule: string): string => titles.get(rule) ?? rule;
  const recollection = new Recollection(audit, previous, resolutions({ inventory, rules, outcomes: report.rules, gaps, gapsBefore }));
  const reported = new Reported(audit, recollection, previous, settings);
  const judged = judgedBefore(previous, version);
  const { changed, fromUpgrade } = toTell(audit, { recollection, reported }, judged, settings.notifyAt);
  const upgrade = upgradeOf(version, fromUpgrade, { audit, recollection, reported, judged, titleOf });
  const milder = new Set(upgrade?.milder.map(({ fingerprint }) => fingerprint));
  const silenced = reported.noLonger(titleOf).filter(({ fingerprint }) => !milder.has(fingerprint));
  const toldMilder = new Set([...milder, ...silenced.map(({ fingerprint }) => fingerprint)]);
  const findings = recollection.next(new Set([...Object.keys(changed), ...Object.keys(fromUpgrade)]), toldMilder);
  const carried = carriedOver(recollection);
  const anythingOpen = [...carried, ...report.findings.filter(({ suppressed }) => suppressed === null)].some(({ severity }) =>
    atLeast(severity, settings.notifyAt),
  );
  const since = previous === null ? 0 : Date.parse(now) - Date.parse(previous.remindedAt);
  const due = settings.reminderDays > 0 && since >= settings.reminderDays * DAY - EARLY;
  return {
    report: { ...report, findings: report.findings.map((finding) => recollection.withHistory(finding)), carriedOver: carried },
    news: {
      first: previous === null,
      setAside,
      changed,
      upgrade,
      resolved: resolvedOf(recollection, findings, judged, titleOf),
      turnedDown: turnedDown(previous, audit, previous?.version === version ? gaps : [], settings),
      silenced,
      tagsWithoutEffect: previous === null ? [] : reported.tagsWithoutEffect(titleOf),
      reminder: due && anythingOpen,
      ...gapNews(report, gaps, previous),
    },
    next: {
      schemaVersion: 2,
      account: report.account,
      updatedAt: now,
      remindedAt: previous === null || due ? now : previous.remindedAt,
      regions: [...new Set([...report.coverage.regions, ...leftRegions(inventory, previous?.regions ?? [])])].sort(),
      version,
      rules: rulesJudged(previous, audit, version),
      settings: rememberSettings(settings, now, report.findings),
      tagsTold: reported.tagsTold(),
      belowTold: reported.belowTold(silenced, findings),
      findings,
      gaps: rememberGaps(gaps, previous, now),
    },
  };
}
