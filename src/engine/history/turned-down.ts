import { createHash } from 'node:crypto';
import { groupBy } from '../../lib/group-by.js';
import { atLeast, severityRank, type Finding, type Severity } from '../../model/report/finding.js';
import type { TurnedDown } from '../../model/report/report-changes.js';
import { DEFAULT_SETTINGS, type Settings, type Suppression } from '../../model/report/settings.js';
import type { RememberedSettings, State } from '../../model/report/state.js';
import type { Audit } from '../audit.js';
import { noLongerRequested, type MissingRead } from './gaps.js';
import { holds } from '../problems/suppress.js';

/** One entry of a list, short: the memory has to tell only whether it was there before. */
const entry = (...parts: readonly (string | null | readonly string[])[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

const ofSuppression = ({ rule, subject, until }: Suppression): string => entry('suppression', rule, subject, until);
const ofInclude = (include: readonly string[]): string => entry('include', [...include].sort());
const ofExclude = (selector: string): string => entry('exclude', selector);
const ofAccepted = (scope: string): string => entry('accepted', scope);

const ofLeftOut = (cluster: string): string => entry('left-out', cluster);

/**
 * The clusters that the settings leave out and that hold something high or critical, `region/name`, with its severities. Who tags
 * a cluster may bring it under a selector that was there before.
 */
function leftOutIn(findings: readonly Finding[]): ReadonlyMap<string, readonly Severity[]> {
  const grave = findings.flatMap(({ severity, suppressed }) =>
    suppressed?.cluster === undefined || !atLeast(severity, 'high')
      ? []
      : (suppressed.clusters ?? [suppressed.cluster]).map((cluster) => ({ cluster, severity })),
  );
  return new Map([...groupBy(grave, ({ cluster }) => cluster)].map(([cluster, own]) => [cluster, own.map(({ severity }) => severity)]));
}

/** The suppressions that hold on a day; one that has ended keeps nothing back. */
const holding = ({ suppressions }: Settings, now: string): readonly Suppression[] =>
  suppressions.filter((one) => holds(one, now.slice(0, 10)));

/** What the next run has to know of the settings of this one. */
export function rememberSettings(settings: Settings, now: string, findings: readonly Finding[]): RememberedSettings {
  const { clusters, acceptUnread, notifyAt, notifyWhenClean, reminderDays, suppressByTag } = settings;
  const entries = [
    ...(clusters.include.length === 0 ? [] : [ofInclude(clusters.include)]),
    ...clusters.exclude.map(ofExclude),
    ...holding(settings, now).map(ofSuppression),
    ...acceptUnread.map(({ scope }) => ofAccepted(scope)),
    ...[...leftOutIn(findings).keys()].map(ofLeftOut),
  ];
  return { notifyAt, notifyWhenClean, reminderDays, suppressByTag, entries: [...new Set(entries)].sort() };
}

const NOTHING_KEPT_BACK = rememberSettings(DEFAULT_SETTINGS, '', []);

function lists(known: ReadonlySet<string>, settings: Settings, findings: readonly Finding[], now: string): readonly TurnedDown[] {
  const severities = (wanted: (finding: Finding) => boolean): readonly Severity[] =>
    findings.filter(wanted).map(({ severity }) => severity);
  const { include, exclude } = settings.clusters;
  const clusters = {
    include: include.length === 0 || known.has(ofInclude(include)) ? [] : include,
    exclude: exclude.filter((selector) => !known.has(ofExclude(selector))),
  };
  const isNewSelection = clusters.include.length + clusters.exclude.length > 0;
  const fresh = isNewSelection ? [] : [...leftOutIn(findings)].filter(([cluster]) => !known.has(ofLeftOut(cluster)));
  const suppressions = holding(settings, now).filter((one) => !known.has(ofSuppression(one)));
  return [
    ...suppressions.map((suppression): TurnedDown => ({
      what: 'suppression',
      suppression,
      severities: severities(
        ({ rule, suppressed }) =>
          suppressed?.by === 'settings' &&
          rule === suppression.rule &&
          suppressed.reason === suppression.reason &&
          suppressed.until === suppression.until,
      ),
    })),
    ...(isNewSelection
      ? [{ what: 'clusters' as const, clusters, severities: severities(({ suppressed }) => suppressed?.by === 'cluster-selection') }]
      : []),
    ...(fresh.length === 0
      ? []
      : [
          {
            what: 'clusters' as const,
            clusters: { include: [], exclude: fresh.map(([cluster]) => cluster) },
            severities: fresh.flatMap(([, own]) => own),
          },
        ]),
    ...settings.acceptUnread
      .filter(({ scope }) => !known.has(ofAccepted(scope)))
      .map((accepted): TurnedDown => ({ what: 'accepted', accepted })),
  ];
}

function values(before: RememberedSettings, { notifyAt, reminderDays, notifyWhenClean, suppressByTag }: Settings): readonly TurnedDown[] {
  const rarer = before.reminderDays > 0 && (reminderDays === 0 || reminderDays > before.reminderDays);
  return [
    ...(severityRank(notifyAt) > severityRank(before.notifyAt) ? [{ what: 'threshold' as const, notifyAt }] : []),
    ...(rarer ? [{ what: 'reminders' as const, days: reminderDays }] : []),
    ...(before.notifyWhenClean && !notifyWhenClean ? [{ what: 'when-clean' as const }] : []),
    ...(suppressByTag && !before.suppressByTag ? [{ what: 'tags' as const }] : []),
  ];
}

/**
 * What keeps more from being reported, or from being read, than in the run before; on a first run, than the settings do of
 * themselves. Who may write the settings could silence the audit: no run does so without a word.
 * @param gaps none where another version ran before: it may ask for other reads, and what it leaves out is nobody's decision
 */
export function turnedDown(
  previous: State | null,
  { report }: Audit,
  gaps: readonly MissingRead[],
  settings: Settings,
): readonly TurnedDown[] {
  const before = previous?.settings ?? NOTHING_KEPT_BACK;
  const unasked = previous === null ? [] : noLongerRequested(gaps, previous);
  return [
    ...values(before, settings),
    ...lists(new Set(before.entries), settings, report.findings, report.generatedAt),
    ...unasked.map(({ what, scope }): TurnedDown => ({ what: 'not-requested', gap: { what, scope } })),
  ];
}
