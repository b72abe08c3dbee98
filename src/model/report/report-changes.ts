import type { Severity, Subject, Suppressed, Tagged } from './finding.js';
import type { AcceptUnread, Unread } from './report.js';
import type { ClusterSelection, Suppression } from './settings.js';
import type { RememberedGap } from './state.js';

/** Why a problem is told in this run. */
export type NewsKind = 'new' | 'worse' | 'reopened';

/** A problem that has changed since the subscribers last heard of it. */
export interface ChangedProblem {
  readonly kind: NewsKind;
  /** Fingerprints of the findings in it that have changed. */
  readonly changed: readonly string[];
}

/** A finding by what a line about it needs. */
export interface Named {
  readonly fingerprint: string;
  readonly rule: string;
  readonly title: string;
  readonly subject: Subject;
  readonly severity: Severity;
}

/** A finding that subscribers were told of and that is gone. */
export interface Resolved extends Named {
  readonly firstSeen: string;
  /** The problem that it belonged to; its own fingerprint where it led. */
  readonly problem: string;
  /** `passed`: its rule checked the subject again. `gone`: the subject does not exist any more. */
  readonly how: 'passed' | 'gone';
  /** Titles of what was wrong besides and still is. */
  readonly remaining: readonly string[];
}

/** What a new version of the program judges differently. It says nothing of whether the account has changed. */
export interface Upgrade {
  readonly version: string;
  /** Problems that are new, back or more severe, by the fingerprint in `finding.problem`. */
  readonly problems: Readonly<Record<string, ChangedProblem>>;
  /** Findings that are less severe than subscribers know them. */
  readonly milder: readonly (Named & { readonly was: Severity })[];
  /** Findings that subscribers know and that this version does not raise. */
  readonly gone: readonly Named[];
}

/** A finding that subscribers know, that is still there, and that is not reported any more. */
export interface Silenced extends Named {
  /** `threshold`: it is below the severity that is reported. `behind`: it only fails because of something that is not reported. */
  readonly why: Suppressed | 'threshold' | 'behind';
}

/** Something that keeps findings from being reported, or the account from being read, and did not in the run before. */
export type TurnedDown =
  | { readonly what: 'suppression'; readonly suppression: Suppression; readonly severities: readonly Severity[] }
  | { readonly what: 'clusters'; readonly clusters: ClusterSelection; readonly severities: readonly Severity[] }
  | { readonly what: 'threshold'; readonly notifyAt: Severity }
  | { readonly what: 'reminders'; readonly days: number }
  | { readonly what: 'when-clean' }
  | { readonly what: 'tags' }
  | { readonly what: 'accepted'; readonly accepted: AcceptUnread }
  | { readonly what: 'not-requested'; readonly gap: Pick<RememberedGap, 'what' | 'scope'> };

/** What subscribers do not know yet: the difference between a report and the memory of the runs before it. */
export interface News {
  /** There was no memory: everything is told in one summary. */
  readonly first: boolean;
  /** Why a memory was there and could not be used; null = it could, or none was there. */
  readonly setAside: string | null;
  /** Problems to tell, by the fingerprint in `finding.problem`. */
  readonly changed: Readonly<Record<string, ChangedProblem>>;
  /** Told as one list, neither as new nor as resolved; null = no upgrade, or one that changes nothing. */
  readonly upgrade: Upgrade | null;
  readonly resolved: readonly Resolved[];
  readonly turnedDown: readonly TurnedDown[];
  readonly silenced: readonly Silenced[];
  /** High and critical findings whose tag to ignore them has appeared and has no effect. */
  readonly tagsWithoutEffect: readonly (Named & { readonly on: Tagged })[];
  /** What is still open is due to be told again. */
  readonly reminder: boolean;
  /** Reads that are unanswered for the first time, and rules that crashed for the first time. */
  readonly gapsBegun: readonly Unread[];
  /** Gaps that were told and are closed. */
  readonly gapsOver: readonly RememberedGap[];
}
