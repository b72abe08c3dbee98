import type { Severity, Subject } from './finding.js';
import type { Unread } from './report.js';
import type { RememberedGap } from './state.js';

/** Why a problem is told in this run. */
export type Kind = 'new' | 'worse' | 'reopened';

/** A problem that has changed since the subscribers last heard of it. */
export interface ChangedProblem {
  readonly kind: Kind;
  /** Fingerprints of the findings in it that have changed. */
  readonly changed: readonly string[];
}

/** A finding that subscribers were told of and that is gone. */
export interface Resolved {
  readonly fingerprint: string;
  readonly rule: string;
  readonly title: string;
  readonly subject: Subject;
  readonly severity: Severity;
  readonly firstSeen: string;
  /** The problem that it belonged to; its own fingerprint where it led. */
  readonly problem: string;
  /** `passed`: its rule looked at the subject again. `gone`: the subject does not exist any more. */
  readonly how: 'passed' | 'gone';
  /** Titles of what was wrong besides and still is. */
  readonly remaining: readonly string[];
}

/** What subscribers do not know yet: the difference between a report and the memory of the runs before it. */
export interface News {
  /** There was no memory: everything is told in one summary. */
  readonly first: boolean;
  /** Problems to tell, by the fingerprint in `finding.problem`. */
  readonly changed: Readonly<Record<string, ChangedProblem>>;
  /** Problems that only rules of a new version see: told as one list. */
  readonly brought: readonly string[];
  readonly resolved: readonly Resolved[];
  /** What is still open is due to be told again. */
  readonly reminder: boolean;
  /** Reads that are unanswered for the first time, and rules that crashed for the first time. */
  readonly gapsBegun: readonly Unread[];
  /** Gaps that were told and are closed. */
  readonly gapsOver: readonly RememberedGap[];
}
