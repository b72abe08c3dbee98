import type { Severity, Subject } from './finding.js';
import type { UnknownReason } from './observed.js';

/**
 * What the audit remembers of one finding, under its fingerprint.
 * - `open`: it stood in a report, and nothing has shown since that it is gone.
 * - `superseded`: it is there, behind another problem that is told in its place.
 * - `resolved`: its rule ran on its subject and passed, or the subject is gone from a complete list.
 */
export interface Remembered {
  readonly rule: string;
  readonly subject: Subject;
  readonly severity: Severity;
  readonly status: 'open' | 'superseded' | 'resolved';
  /** Fingerprint of the problem that it belonged to, or stands behind; its own where it led. */
  readonly problem: string;
  readonly firstSeen: string;
  /** The last run that saw it. */
  readonly lastSeen: string;
  readonly resolvedAt: string | null;
  /** The severity at which the subscribers know it; null = they never heard of it, or only that it was resolved. */
  readonly told: Severity | null;
  /** It was suppressed when it was last seen. */
  readonly suppressed: boolean;
}

/** A gap of the last run: something that was not read. */
export interface RememberedGap {
  /** The IAM action, or `rule:<id>` for a rule that crashed. */
  readonly what: string;
  /** As in `coverage.unread`; `*` where nobody asked for it anywhere. */
  readonly scope: string;
  readonly reason: UnknownReason;
  /** The first of the runs in a row that had it. */
  readonly since: string;
  readonly told: boolean;
}

/**
 * What the settings of the last run kept from being reported: enough to see that those of the next keep back more. Of a list
 * each entry is a short hash: the words come from the settings of the day.
 */
export interface RememberedSettings {
  readonly notifyAt: Severity;
  readonly notifyWhenClean: boolean;
  readonly reminderDays: number;
  readonly suppressByTag: boolean;
  readonly entries: readonly string[];
}

/** The memory between two runs. It advances only after the subscribers were told. */
export interface State {
  readonly schemaVersion: 2;
  readonly account: string;
  /** When the run that wrote it made its report. */
  readonly updatedAt: string;
  /** When the subscribers last got the whole of what is open. */
  readonly remindedAt: string;
  /** Regions that were read, those included that are not asked for any more and not known to be gone. */
  readonly regions: readonly string[];
  /** The program that wrote it; null = one that did not say. */
  readonly version: string | null;
  /** The rules that have run as that version has them: what another judges differently came with an upgrade. */
  readonly rules: readonly string[];
  /** null = an older version did not say. */
  readonly settings: RememberedSettings | null;
  /** Findings that subscribers know to have a tag without effect, by fingerprint. */
  readonly tagsTold: readonly string[];
  /** Findings of which subscribers were told that they are below what is reported, by fingerprint. */
  readonly belowTold: readonly string[];
  readonly findings: Readonly<Record<string, Remembered>>;
  readonly gaps: readonly RememberedGap[];
}
