import { atLeast, type Severity } from '../../src/model/report/finding.js';
import type { Report } from '../../src/model/report/report.js';

/**
 * The exit status of an audit: 1 = findings at or above `failOn`, complete or not (`never` = whatever is found); 3 = none, but something was not read
 * or a rule crashed; 0 = none, and everything was scanned. 2 (usage error) and 4 (a defect) are no matter of a report.
 */
export function exitStatus(report: Report, failOn: Severity | 'never'): 0 | 1 | 3 {
  if (failOn !== 'never' && report.findings.some(({ severity, suppressed }) => suppressed === null && atLeast(severity, failOn))) return 1;
  return report.complete ? 0 : 3;
}
