import { groupBy } from '../../lib/group-by.js';
import { atLeast, severityRank, type Finding, type Severity } from '../../model/report/finding.js';
import type { News, Silenced } from '../../model/report/report-changes.js';
import type { Settings } from '../../model/report/settings.js';
import type { State } from '../../model/report/state.js';
import type { Audit } from '../audit.js';
import type { Recollection } from './next-state.js';

/** Of what is milder than this nobody has to hear that it fell below the threshold. */
const LOUD: Severity = 'high';

/** What of an audit is reported to subscribers, by the threshold of its settings. */
export class Reported {
  /** Problems with something at the threshold that is not suppressed. */
  private readonly problems: ReadonlySet<string>;
  private readonly below: ReadonlySet<string>;

  constructor(
    private readonly audit: Audit,
    private readonly recollection: Recollection,
    private readonly previous: State | null,
    settings: Settings,
  ) {
    this.below = new Set(previous?.belowTold);
    const unsuppressed = audit.report.findings.filter(({ suppressed }) => suppressed === null);
    this.problems = new Set(
      [...groupBy(unsuppressed, ({ problem }) => problem)].flatMap(([problem, findings]) =>
        findings.some(({ severity }) => atLeast(severity, settings.notifyAt)) ? [problem] : [],
      ),
    );
  }

  now({ suppressed, problem }: Pick<Finding, 'suppressed' | 'problem'>): boolean {
    return suppressed === null && this.problems.has(problem);
  }

  /** Whether subscribers count on hearing of a finding: they know it as open, and of nothing that keeps it back. */
  before(fingerprint: string): boolean {
    const known = this.recollection.before(fingerprint);
    return known !== undefined && known.told !== null && known.status === 'open' && !known.suppressed && !this.below.has(fingerprint);
  }

  /** Whether subscribers were told that a finding is below what is reported. */
  wasBelow(fingerprint: string): boolean {
    return this.below.has(fingerprint);
  }

  /** What was reported until now, is still there, and is not reported any more: it must not just vanish. */
  noLonger(titleOf: (rule: string) => string): readonly Silenced[] {
    const { report, hidden } = this.audit;
    const named = ({ fingerprint, rule, subject, severity }: Pick<Silenced, 'fingerprint' | 'rule' | 'subject' | 'severity'>) => ({
      fingerprint,
      rule,
      title: titleOf(rule),
      subject,
      severity,
    });
    const wasLoud = (fingerprint: string): boolean => atLeast(this.recollection.before(fingerprint)?.told ?? 'info', LOUD);
    const seen = report.findings.flatMap((finding): Silenced[] => {
      const { fingerprint, suppressed } = finding;
      if (this.now(finding) || !this.before(fingerprint) || (suppressed === null && !wasLoud(fingerprint))) return [];
      return [{ ...named(finding), why: suppressed ?? 'threshold' }];
    });
    const behind = hidden.flatMap((one): Silenced[] =>
      this.problems.has(one.problem) || !this.before(one.fingerprint) || !wasLoud(one.fingerprint)
        ? []
        : [{ ...named(one), why: 'behind' }],
    );
    return [...seen, ...behind].sort((left, right) => severityRank(right.severity) - severityRank(left.severity));
  }

  /** Which findings the next run has to know as told to be below what is reported. */
  belowTold(silenced: readonly Silenced[], next: State['findings']): readonly string[] {
    const reported = new Set(this.audit.report.findings.flatMap((finding) => (this.now(finding) ? [finding.fingerprint] : [])));
    const still = [...this.below].filter((fingerprint) => next[fingerprint]?.status === 'open' && !reported.has(fingerprint));
    const fresh = silenced.flatMap(({ fingerprint, why }) => (why === 'threshold' ? [fingerprint] : []));
    return [...new Set([...still, ...fresh])].sort();
  }

  /** High and critical findings whose tag to ignore them has no effect. */
  private tagged(): readonly Finding[] {
    return this.audit.report.findings.filter(
      (finding) => finding.tagWithoutEffect !== null && atLeast(finding.severity, LOUD) && this.now(finding),
    );
  }

  /** Those whose tag has appeared since the run before. */
  tagsWithoutEffect(titleOf: (rule: string) => string): News['tagsWithoutEffect'] {
    const known = new Set(this.previous?.tagsTold);
    return this.tagged().flatMap(({ fingerprint, rule, subject, severity, tagWithoutEffect }) =>
      known.has(fingerprint) || tagWithoutEffect === null
        ? []
        : [{ fingerprint, rule, title: titleOf(rule), subject, severity, on: tagWithoutEffect }],
    );
  }

  /** Their fingerprints as the next run has to know them. A tag that could not be read is not gone. */
  tagsTold(): readonly string[] {
    const still = this.audit.report.complete ? [] : (this.previous?.tagsTold ?? []);
    return [...new Set([...still, ...this.tagged().map(({ fingerprint }) => fingerprint)])].sort();
  }
}
