import { groupBy } from '../facts/group-by.js';
import { atLeast, type Finding, type Severity } from '../model/finding.js';
import type { ChangedProblem, Kind, News, Resolved } from '../model/news.js';
import type { CarriedOver, Report, Unread } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import type { RememberedGap, State } from '../model/state.js';
import type { Rule } from '../rules/define-rule.js';
import type { Audit } from './audit.js';
import { gapsOf, leftRegions, type Gap } from './gaps.js';
import { Recollection } from './memory.js';
import { resolutions } from './resolution.js';

const DAY = 24 * 60 * 60 * 1000;
/** A schedule may start a run some minutes early: the seventh day's must not wait for the eighth. */
const EARLY = 60 * 60 * 1000;

/** An audit beside the memory of the runs before it. */
export interface Changes {
  /** The report with what memory knows: since when, whether it came back, and what could not be looked at again. */
  readonly report: Report;
  readonly news: News;
  /** The memory to keep once the news was told. */
  readonly next: State;
}

/** Rules that crashed, as reads that gave no answer. */
function crashes({ rules }: Report): readonly Unread[] {
  return rules.flatMap(({ id, crashed }): Unread[] =>
    crashed === null
      ? []
      : [{ what: `rule:${id}`, scope: 'account', reason: 'failed', detail: crashed, accepted: false, acceptedBecause: null }],
  );
}

/** The kind of a problem is that of the finding that leads it; where that is known, it has become worse. */
function problemOf(findings: readonly Finding[], kinds: ReadonlyMap<string, Kind>): ChangedProblem {
  const leader = findings.find(({ place }) => place === 'primary') ?? findings[0];
  const changed = findings.flatMap(({ fingerprint }) => (kinds.has(fingerprint) ? [fingerprint] : []));
  return { kind: kinds.get(leader?.fingerprint ?? '') ?? 'worse', changed };
}

interface Told {
  readonly changed: Readonly<Record<string, ChangedProblem>>;
  readonly brought: readonly string[];
}

/** Which problems to tell, and which of them only a new version sees. */
function toTell({ report }: Audit, recollection: Recollection, previous: State | null, notifyAt: Severity): Told {
  const kinds = new Map(
    report.findings.flatMap((finding): [string, Kind][] => {
      const kind = atLeast(finding.severity, notifyAt) ? recollection.kindOf(finding) : null;
      return kind === null ? [] : [[finding.fingerprint, kind]];
    }),
  );
  const known = new Set(previous?.rules);
  const fromUpgrade = ({ rule, fingerprint }: Finding): boolean => !known.has(rule) && recollection.before(fingerprint) === undefined;
  const unsuppressed = report.findings.filter(({ suppressed }) => suppressed === null);
  const news = [...groupBy(unsuppressed, ({ problem }) => problem)].filter(([, findings]) =>
    findings.some(({ fingerprint }) => kinds.has(fingerprint)),
  );
  const brought = news.filter(
    ([, findings]) => previous !== null && findings.every((finding) => !kinds.has(finding.fingerprint) || fromUpgrade(finding)),
  );
  const apart = new Set(brought.map(([problem]) => problem));
  return {
    changed: Object.fromEntries(
      news.flatMap(([problem, findings]) => (apart.has(problem) ? [] : [[problem, problemOf(findings, kinds)] as const])),
    ),
    brought: [...apart],
  };
}

/** What subscribers were told of and is gone. Half a repair is no news: what led the problem must be gone too. */
function resolvedOf(recollection: Recollection, next: State['findings'], rules: readonly Rule[]): readonly Resolved[] {
  const titles = new Map(rules.map(({ id, title }) => [id, title]));
  const titleOf = (rule: string): string => titles.get(rule) ?? rule;
  const isThere = (fingerprint: string): boolean => ['open', 'superseded'].includes(next[fingerprint]?.status ?? '');
  const told = (how: 'passed' | 'gone'): readonly Resolved[] =>
    recollection.whatBecame(how).flatMap(([fingerprint, { rule, subject, severity, firstSeen, problem, told: heard, suppressed }]) => {
      if (heard === null || suppressed || (problem !== fingerprint && isThere(problem))) return [];
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

const keyOf = ({ what, scope }: Pick<Gap, 'what' | 'scope'>): string => `${what} ${scope}`;

function gapNews(report: Report, gaps: readonly Gap[], previous: State | null): Pick<News, 'gapsBegun' | 'gapsOver'> {
  const before = new Map((previous?.gaps ?? []).map((gap) => [keyOf(gap), gap]));
  const now = new Set(gaps.map(keyOf));
  return {
    gapsBegun: [...report.coverage.unread, ...crashes(report)].filter((gap) => {
      const known = before.get(keyOf(gap));
      return !gap.accepted && !(known?.told === true && known.reason === gap.reason);
    }),
    gapsOver: [...before.values()].filter((gap) => gap.told && !now.has(keyOf(gap))),
  };
}

function rememberGaps(gaps: readonly Gap[], previous: State | null, now: string): readonly RememberedGap[] {
  const before = new Map((previous?.gaps ?? []).map((gap) => [`${keyOf(gap)} ${gap.reason}`, gap.since]));
  return gaps.map((gap) => ({
    what: gap.what,
    scope: gap.scope,
    reason: gap.reason,
    since: before.get(`${keyOf(gap)} ${gap.reason}`) ?? now,
    told: gap.reason !== 'not-requested' && !gap.accepted,
  }));
}

/**
 * Compares an audit with the memory of the runs before it. Pure.
 * @param previous null = there is no memory, as on a first run
 */
export function changesSince(previous: State | null, audit: Audit, rules: readonly Rule[], settings: Settings): Changes {
  const { report, facts } = audit;
  const { inventory } = facts;
  const now = report.generatedAt;
  const gaps = [...gapsOf(inventory, settings.acceptUnread, previous), ...crashes(report)];
  const gapsBefore = previous?.gaps ?? [];
  const recollection = new Recollection(audit, previous, resolutions({ inventory, rules, outcomes: report.rules, gaps, gapsBefore }));
  const { changed, brought } = toTell(audit, recollection, previous, settings.notifyAt);
  const findings = recollection.next(new Set([...Object.keys(changed), ...brought]));
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
      changed,
      brought,
      resolved: resolvedOf(recollection, findings, rules),
      reminder: due && anythingOpen,
      ...gapNews(report, gaps, previous),
    },
    next: {
      schemaVersion: 2,
      account: report.account,
      updatedAt: now,
      remindedAt: previous === null || due ? now : previous.remindedAt,
      regions: [...new Set([...report.coverage.regions, ...leftRegions(inventory, previous?.regions ?? [])])].sort(),
      rules: [
        ...new Set([...(previous?.rules ?? []), ...report.rules.flatMap(({ id, crashed }) => (crashed === null ? [id] : []))]),
      ].sort(),
      findings,
      gaps: rememberGaps(gaps, previous, now),
    },
  };
}
