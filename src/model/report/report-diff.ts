import type { Severity, Subject } from './finding.js';

/** A finding by what a comparison says of it. */
export interface ComparedFinding {
  readonly fingerprint: string;
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly subject: Subject;
  /** Its severity in the older report, where that was another. */
  readonly was?: Severity;
}

/** What differs between two reports of one account, by fingerprint, each list the worst first. */
export interface ReportDiff {
  readonly new: readonly ComparedFinding[];
  readonly fixed: readonly ComparedFinding[];
  readonly worse: readonly ComparedFinding[];
  readonly better: readonly ComparedFinding[];
  /** In the older report alone, and not everything was read that it rested on: nothing says that it is fixed. */
  readonly notRescanned: readonly ComparedFinding[];
  readonly unchanged: readonly ComparedFinding[];
}
