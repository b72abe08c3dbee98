import type { Severity } from './finding.js';
import type { AcceptUnread } from './report.js';

/** Findings that somebody has decided to live with, for a reason and, if they are wise, until a day. */
export interface Suppression {
  /** Id of a rule. */
  readonly rule: string;
  /** Id or ARN of the subject, with `*` and `?` as wildcards; `*` = every subject. */
  readonly subject: string;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD` in UTC; null = permanently. */
  readonly until: string | null;
}

/**
 * Which clusters are told about. A selector is a name with `*` and `?` as wildcards (`prod-*`), a name in one region
 * (`eu-west-1/prod-*`), or a tag (`tag:team=platform`, the value with wildcards).
 */
export interface ClusterSelection {
  /** Empty = every cluster. */
  readonly include: readonly string[];
  /** Wins over `include`. */
  readonly exclude: readonly string[];
}

/** What a person decides about an audit, in `irsa-auditor.yaml`. */
export interface Settings {
  /** Every enabled region, or these. */
  readonly regions: 'all' | readonly string[];
  readonly clusters: ClusterSelection;
  /** The lowest severity that is told. */
  readonly notifyAt: Severity;
  /** Whether a complete audit without a finding is told too. */
  readonly notifyWhenClean: boolean;
  /** Where the folder `docs` of this program is published, without a slash at the end; null = nowhere that readers reach. */
  readonly docsBaseUrl: string | null;
  /** Days between two reminders of what is still open; 0 = none. */
  readonly reminderDays: number;
  readonly acceptUnread: readonly AcceptUnread[];
  readonly suppressions: readonly Suppression[];
  /** Whether a tag `irsa-auditor:ignore=<rule>` on a role, provider or cluster suppresses; never what is high or critical. */
  readonly suppressByTag: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  regions: 'all',
  clusters: { include: [], exclude: [] },
  notifyAt: 'low',
  notifyWhenClean: false,
  docsBaseUrl: null,
  reminderDays: 7,
  acceptUnread: [],
  suppressions: [],
  suppressByTag: false,
};

/** What one file says; a key that it leaves out is decided by what lies below it, at last by `DEFAULT_SETTINGS`. */
export type SettingsFile = Partial<Settings>;

/** The settings that several layers make together: a later one wins key by key, but what is accepted or suppressed adds up. */
export function withDefaults(...layers: readonly SettingsFile[]): Settings {
  return layers.reduce<Settings>(
    (below, layer) => ({
      ...below,
      ...layer,
      acceptUnread: [...below.acceptUnread, ...(layer.acceptUnread ?? [])],
      suppressions: [...below.suppressions, ...(layer.suppressions ?? [])],
    }),
    DEFAULT_SETTINGS,
  );
}
