import { severityRank, type Finding } from '../model/finding.js';
import type { Report } from '../model/report.js';
import type { ComparedFinding, ReportDiff } from '../model/report-diff.js';

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

/** Whether the newer report rests on all that the older one rested on when it told this finding. */
function wasRescanned(finding: Finding, older: Report, newer: Report): boolean {
  if (!newer.rules.some(({ id }) => id === finding.rule)) return false;
  if (newer.carriedOver.some(({ fingerprint }) => fingerprint === finding.fingerprint)) return false;
  if (finding.subject.region !== null && !newer.coverage.regions.includes(finding.subject.region)) return false;
  const before = new Set(missingIn(older).map(({ name }) => name));
  return missingIn(newer).every(
    ({ name, rule, scope }) => before.has(name) || (rule !== null && rule !== finding.rule) || !concerns(scope, finding),
  );
}

function named({ fingerprint, rule, severity, subject }: Finding, { texts }: Report, was = severity): ComparedFinding {
  return { fingerprint, rule, title: texts[rule]?.title ?? rule, severity, subject, ...(was === severity ? {} : { was }) };
}

/** Two reports of one account beside each other, by fingerprint. Pure. A finding that is suppressed in the newer one is there, and not new. */
export function compareReports(older: Report, newer: Report): ReportDiff {
  const before = new Map(older.findings.map((finding) => [finding.fingerprint, finding]));
  const now = new Map(newer.findings.map((finding) => [finding.fingerprint, finding]));
  const changes = newer.findings.map((finding) => {
    const was = before.get(finding.fingerprint)?.severity;
    const step = was === undefined ? null : severityRank(finding.severity) - severityRank(was);
    return { step, isTold: finding.suppressed === null, one: named(finding, newer, was) };
  });
  const gone = older.findings.filter(({ fingerprint, suppressed }) => !now.has(fingerprint) && suppressed === null);
  const sorted = (list: readonly ComparedFinding[]): readonly ComparedFinding[] =>
    [...list].sort((left, right) => severityRank(right.severity) - severityRank(left.severity));
  const those = (wanted: (change: (typeof changes)[number]) => boolean): readonly ComparedFinding[] =>
    sorted(changes.filter(wanted).map(({ one }) => one));
  return {
    new: those(({ step, isTold }) => step === null && isTold),
    worse: those(({ step, isTold }) => step !== null && step > 0 && isTold),
    better: those(({ step }) => step !== null && step < 0),
    unchanged: those(({ step }) => step === 0),
    fixed: sorted(gone.filter((finding) => wasRescanned(finding, older, newer)).map((finding) => named(finding, older))),
    notRescanned: sorted(gone.filter((finding) => !wasRescanned(finding, older, newer)).map((finding) => named(finding, older))),
  };
}
