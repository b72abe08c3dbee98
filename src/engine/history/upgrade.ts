import { severityRank, type Finding } from '../../model/report/finding.js';
import type { ChangedProblem, Named, Upgrade } from '../../model/report/report-changes.js';
import type { State } from '../../model/report/state.js';
import type { Audit } from '../audit.js';
import type { Recollection } from './next-state.js';
import type { Reported } from './silenced.js';

/**
 * Whether a rule, as this version has it, judged the account when the memory was made. What any other rule says differently
 * may come from the upgrade as well as from the account, and nobody can tell which: it is told as one list.
 * @param previous null = a first run, on which nothing differs
 */
export function judgedBefore(previous: State | null, version: string): (rule: string) => boolean {
  const known = previous?.version === version ? new Set(previous.rules) : new Set<string>();
  return (rule) => previous === null || known.has(rule);
}

/** The rules that judged the account as this version has them. */
export function rulesJudged(previous: State | null, { report }: Audit, version: string): readonly string[] {
  const now = report.rules.flatMap(({ id, crashed }) => (crashed === null ? [id] : []));
  return [...new Set([...(previous?.version === version ? previous.rules : []), ...now])].sort();
}

/** Whether a finding that is news may be so only because it is judged again; memory knows some that are news for another reason. */
export function mayComeFromUpgrade({ fingerprint, severity, suppressionEnded }: Finding, recollection: Recollection): boolean {
  const before = recollection.before(fingerprint);
  if (before === undefined || before.status !== 'open') return true;
  if (before.suppressed) return suppressionEnded === null;
  // It was there, just as bad, and below the threshold of that day.
  return severityRank(severity) > severityRank(before.severity);
}

interface Judged {
  readonly audit: Audit;
  readonly recollection: Recollection;
  readonly reported: Reported;
  readonly judged: (rule: string) => boolean;
  readonly titleOf: (rule: string) => string;
}

const byWeight = (left: Named, right: Named): number =>
  severityRank(right.severity) - severityRank(left.severity) || (left.fingerprint < right.fingerprint ? -1 : 1);

/** What the upgrade changes. Nothing of it is called new or resolved. */
export function upgradeOf(version: string, problems: Readonly<Record<string, ChangedProblem>>, all: Judged): Upgrade | null {
  const { audit, recollection, reported, judged, titleOf } = all;
  const milder = audit.report.findings.flatMap(({ fingerprint, rule, subject, severity, suppressed }) => {
    const was = recollection.before(fingerprint)?.severity ?? severity;
    if (judged(rule) || suppressed !== null || !reported.before(fingerprint) || severityRank(severity) >= severityRank(was)) return [];
    return [{ fingerprint, rule, title: titleOf(rule), subject, severity, was }];
  });
  const gone = recollection
    .whatBecame('passed', 'retired')
    .flatMap(([fingerprint, { rule, subject, severity, told, suppressed }]) =>
      judged(rule) || told === null || suppressed ? [] : [{ fingerprint, rule, title: titleOf(rule), subject, severity }],
    );
  if (Object.keys(problems).length + milder.length + gone.length === 0) return null;
  return { version, problems, milder: milder.sort(byWeight), gone: gone.sort(byWeight) };
}
