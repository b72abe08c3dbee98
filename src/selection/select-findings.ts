import { atLeast, type Finding } from '../model/report/finding.js';
import type { Report, Selection } from '../model/report/report.js';

const NOTHING_SELECTED: Selection = {
  clusters: [],
  namespaces: [],
  roles: [],
  rules: [],
  excludedRules: [],
  minSeverity: 'info',
  leftOut: 0,
};

/** What somebody wants to see of a report; whatever is left out is not limited. */
export type SelectionWanted = Partial<Omit<Selection, 'leftOut'>>;

/** Whether one of the values has one of the names, whole or behind a slash; no names = whatever it is. */
export const isNamed = (names: readonly string[], values: readonly string[]): boolean =>
  names.length === 0 || values.some((value) => names.some((name) => value === name || value.endsWith(`/${name}`)));

function isWanted(finding: Finding, { clusters, namespaces, roles, rules, excludedRules, minSeverity }: Selection): boolean {
  const { subject, related, rule, severity } = finding;
  const own = [subject, ...related].flatMap(({ type, id }) => (type === 'role' ? [id] : []));
  return (
    isNamed(clusters, finding.clusters) &&
    isNamed(namespaces, finding.namespaces) &&
    isNamed(roles, own) &&
    isNamed(rules, [rule]) &&
    !excludedRules.includes(rule) &&
    atLeast(severity, minSeverity)
  );
}

/** The same report with the findings that are wanted alone, and how many that leaves out; a suppression hides nothing of it. */
export function selectFindings(report: Report, wanted: SelectionWanted): Report {
  const selection = { ...NOTHING_SELECTED, ...wanted };
  const findings = report.findings.filter((finding) => isWanted(finding, selection));
  return { ...report, findings, selection: { ...selection, leftOut: report.findings.length - findings.length } };
}
