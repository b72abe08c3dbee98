import { DAY } from '../../lib/day.js';
import { severityRank, type Finding, type Severity } from '../../model/report/finding.js';
import type { NewsKind } from '../../model/report/report-changes.js';
import type { Remembered, State } from '../../model/report/state.js';
import type { Audit, Hidden } from '../audit.js';
import type { Resolution } from './resolve.js';

/** A resolved finding that comes back within this time is told as reopened; after it, it is forgotten. */
const REMEMBERED_FOR = 90 * DAY;
/** Some 8 MB of the memory: who makes and removes broken things all day must not make it grow beyond what a run can read. */
export const MOST_RESOLVED = 20_000;

const worse = (left: Severity, right: Severity): boolean => severityRank(left) > severityRank(right);

type Entry = readonly [string, Remembered];

const resolvedAtOf = ({ resolvedAt, lastSeen }: Pick<Remembered, 'resolvedAt' | 'lastSeen'>): string => resolvedAt ?? lastSeen;

/** As many resolved findings as may be remembered: those that were resolved first are forgotten first. */
export function newestResolved<T extends Pick<Remembered, 'resolvedAt' | 'lastSeen'>>(
  resolved: readonly (readonly [string, T])[],
  most = MOST_RESOLVED,
): readonly (readonly [string, T])[] {
  if (resolved.length <= most) return resolved;
  return [...resolved].sort(([, left], [, right]) => (resolvedAtOf(left) < resolvedAtOf(right) ? 1 : -1)).slice(0, most);
}

/** What one audit means for what is remembered: each finding of before and now, and what became of those not seen. */
export class Recollection {
  private readonly remembered: ReadonlyMap<string, Remembered>;
  /** What became of what is remembered as there and is not seen now. */
  private readonly missing: ReadonlyMap<string, Resolution>;

  constructor(
    private readonly audit: Audit,
    previous: State | null,
    resolution: (finding: Remembered) => Resolution,
    private readonly mostResolved = MOST_RESOLVED,
  ) {
    this.remembered = new Map(Object.entries(previous?.findings ?? {}));
    const seen = new Set([...audit.report.findings, ...audit.hidden].map(({ fingerprint }) => fingerprint));
    this.missing = new Map(
      [...this.remembered].flatMap(([fingerprint, finding]): [string, Resolution][] =>
        seen.has(fingerprint) || finding.status === 'resolved' ? [] : [[fingerprint, resolution(finding)]],
      ),
    );
  }

  before(fingerprint: string): Remembered | undefined {
    return this.remembered.get(fingerprint);
  }

  /** Findings that are not seen any more, of one kind. */
  whatBecame(...wanted: readonly Resolution[]): readonly Entry[] {
    return [...this.remembered].filter(([fingerprint]) => {
      const became = this.missing.get(fingerprint);
      return became !== undefined && wanted.includes(became);
    });
  }

  /** Nothing hides it now, but what it stood behind could not be checked again: it still is behind that. */
  stillHidden(fingerprint: string): boolean {
    const before = this.remembered.get(fingerprint);
    return before?.status === 'superseded' && this.missing.get(before.problem) === 'unread';
  }

  /** Why a finding that is seen would be news; null = the subscribers know it as it is. */
  kindOf(finding: Finding): NewsKind | null {
    const before = this.remembered.get(finding.fingerprint);
    if (finding.suppressed !== null || this.stillHidden(finding.fingerprint)) return null;
    if (before === undefined) return 'new';
    if (before.status === 'resolved') return 'reopened';
    if (this.mayWeighLess(finding)) return null;
    if (before.told === null) return before.status === 'open' && worse(finding.severity, before.severity) ? 'worse' : 'new';
    if (before.status === 'superseded' || before.suppressed) return 'reopened';
    return worse(finding.severity, before.told) ? 'worse' : null;
  }

  /**
   * Medium is also what a finding weighs whose gravity was not read. Where it is known to weigh less, it does for all that is
   * known: knowing less is no news.
   */
  private mayWeighLess({ fingerprint, severity, confidence }: Finding): boolean {
    const before = this.remembered.get(fingerprint);
    const isWhole = this.audit.report.complete || confidence === 'certain';
    return before?.status === 'open' && !isWhole && severity === 'medium' && worse(severity, before.severity);
  }

  /** A finding of the report, with what memory knows of it. */
  withHistory(finding: Finding): Finding {
    const before = this.remembered.get(finding.fingerprint);
    if (before === undefined) return finding;
    const kind = this.kindOf(finding);
    const shown = kind === 'reopened' || (kind === 'new' && before.status !== 'open') ? kind : 'open';
    return { ...finding, status: shown, firstSeen: before.firstSeen };
  }

  /**
   * What to remember once the news was told.
   * @param told problems, by fingerprint
   * @param toldMilder findings of which was said that they are less severe
   */
  next(told: ReadonlySet<string>, toldMilder: ReadonlySet<string> = new Set()): Readonly<Record<string, Remembered>> {
    const now = this.audit.report.generatedAt;
    const kept = this.whatBecame('unread');
    const resolved = this.whatBecame('passed', 'gone').map(([fingerprint, finding]): Entry => [
      fingerprint,
      { ...finding, status: 'resolved', resolvedAt: now, told: null },
    ]);
    const past = [...this.remembered].filter(
      ([, finding]) => finding.status === 'resolved' && Date.parse(now) - Date.parse(resolvedAtOf(finding)) < REMEMBERED_FOR,
    );
    const seen = this.audit.report.findings.map((finding): Entry => [
      finding.fingerprint,
      this.seen(finding, told.has(finding.problem), toldMilder.has(finding.fingerprint)),
    ]);
    const hidden = this.audit.hidden.map((finding): Entry => [finding.fingerprint, this.hidden(finding)]);
    const all = new Map([...newestResolved([...resolved, ...past], this.mostResolved), ...kept, ...hidden, ...seen]);
    return Object.fromEntries([...all].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  private seen(finding: Finding, told: boolean, toldMilder: boolean): Remembered {
    const { report } = this.audit;
    const { fingerprint, rule, subject, severity, problem } = finding;
    const before = this.remembered.get(fingerprint);
    const behind = this.stillHidden(fingerprint) ? before?.problem : undefined;
    return {
      rule,
      subject,
      severity: this.mayWeighLess(finding) && before !== undefined ? before.severity : severity,
      status: behind === undefined ? 'open' : 'superseded',
      problem: behind ?? problem,
      firstSeen: before?.firstSeen ?? report.generatedAt,
      lastSeen: report.generatedAt,
      resolvedAt: null,
      told: finding.suppressed === null && told ? severity : this.heard(finding, toldMilder),
      suppressed: finding.suppressed !== null,
    };
  }

  /**
   * What the subscribers know of a finding that is not told now. What came back too mild to be told, they do not know. A problem
   * that is milder for sure, or was told to be, is told again when it gets worse; one that was not seen whole only looks milder.
   */
  private heard(finding: Finding, toldMilder: boolean): Severity | null {
    const told = this.remembered.get(finding.fingerprint)?.told ?? null;
    if (told === null || this.kindOf(finding) === 'reopened') return null;
    return (this.audit.report.complete || toldMilder) && worse(told, finding.severity) ? finding.severity : told;
  }

  private hidden({ fingerprint, rule, subject, severity, problem }: Hidden): Remembered {
    const now = this.audit.report.generatedAt;
    const before = this.remembered.get(fingerprint);
    const { firstSeen = now, told = null } = before ?? {};
    return { rule, subject, severity, status: 'superseded', problem, firstSeen, lastSeen: now, resolvedAt: null, told, suppressed: false };
  }
}
