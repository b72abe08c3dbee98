import { severityRank, type Finding } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import type { ComparedFinding, ReportDiff } from '../../model/report/report-diff.js';

/** Something that was not read or judged: for one rule, or for all. */
interface Missing {
  readonly name: string;
  readonly rule: string | null;
  readonly scope: string;
}

/** What could not be read or judged; gaps that were accepted are gaps too. */
function missingIn({ coverage, rules, selection }: Report): readonly Missing[] {
  return [
    ...coverage.unread.map(({ what, scope }) => ({ name: `${what} in ${scope}`, rule: null, scope })),
    ...coverage.notLookedAt.map((family) => ({ name: `family ${family}`, rule: null, scope: 'account' })),
    ...rules.flatMap(({ id, notEvaluated, crashed }) => [
      ...notEvaluated.map(({ scope }) => ({ name: `${id} in ${scope}`, rule: id, scope })),
      ...(crashed === null ? [] : [{ name: `${id} crashed`, rule: id, scope: 'account' }]),
    ]),
    // What somebody did not want to see may be there.
    ...(selection !== undefined && selection.leftOut > 0 ? [{ name: 'selection', rule: null, scope: 'account' }] : []),
  ];
}

/** Whether a place has to do with a finding: what is of the account has to do with all of it. */
function concerns(scope: string, { subject, clusters }: Finding): boolean {
  if (scope === 'account' || scope === '*' || subject.region === null) return true;
  const [region = ''] = scope.split('/');
  return region === subject.region || scope === subject.id || scope === subject.arn || clusters.includes(scope);
}

/** Tells of findings of the older report whether the newer one rests on all that it rested on when it told them. */
function rescanned(older: Report, newer: Report): (finding: Finding) => boolean {
  const rules = new Set(newer.rules.map(({ id }) => id));
  const carriedOver = new Set(newer.carriedOver.map(({ fingerprint }) => fingerprint));
  const regions = new Set(newer.coverage.regions);
  const before = new Set(missingIn(older).map(({ name }) => name));
  const missing = missingIn(newer).filter(({ name }) => !before.has(name));
  return (finding) => {
    const { region } = finding.subject;
    if (!rules.has(finding.rule) || carriedOver.has(finding.fingerprint) || (region !== null && !regions.has(region))) return false;
    return missing.every(({ rule, scope }) => (rule !== null && rule !== finding.rule) || !concerns(scope, finding));
  };
}

function named({ fingerprint, rule, severity, subject }: Finding, { texts }: Report, was = severity): ComparedFinding {
  return { fingerprint, rule, title: texts[rule]?.title ?? rule, severity, subject, ...(was === severity ? {} : { was }) };
}

/** Two reports of one account beside each other, by fingerprint. Pure. A finding that is suppressed in the newer one is there, and not new. */
export function compareReports(older: Report, newer: Report): ReportDiff {
  const before = new Map(older.findings.map((finding) => [finding.fingerprint, finding]));
  const now = new Set(newer.findings.map(({ fingerprint }) => fingerprint));
  const changes = newer.findings.map((finding) => {
    const was = before.get(finding.fingerprint)?.severity;
    const step = was === undefined ? null : severityRank(finding.severity) - severityRank(was);
    return { step, isTold: finding.suppressed === null, one: named(finding, newer, was) };
  });
  const isRescanned = rescanned(older, newer);
  const gone = older.findings
    .filter(({ fingerprint, suppressed }) => !now.has(fingerprint) && suppressed === null)
    .map((finding) => ({ isFixed: isRescanned(finding), one: named(finding, older) }));
  const sorted = (list: readonly ComparedFinding[]): readonly ComparedFinding[] =>
    [...list].sort((left, right) => severityRank(right.severity) - severityRank(left.severity));
  const those = (wanted: (change: (typeof changes)[number]) => boolean): readonly ComparedFinding[] =>
    sorted(changes.filter(wanted).map(({ one }) => one));
  return {
    new: those(({ step, isTold }) => step === null && isTold),
    worse: those(({ step, isTold }) => step !== null && step > 0 && isTold),
    better: those(({ step }) => step !== null && step < 0),
    unchanged: those(({ step }) => step === 0),
    fixed: sorted(gone.filter(({ isFixed }) => isFixed).map(({ one }) => one)),
    notRescanned: sorted(gone.filter(({ isFixed }) => !isFixed).map(({ one }) => one)),
  };
}
