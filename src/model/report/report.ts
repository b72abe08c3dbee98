import type { Finding, Severity, Subject } from './finding.js';
import type { UnknownReason } from '../inventory/observed.js';

/** One read that was asked for and not answered. */
export interface Unread {
  /** The IAM action, such as `eks:ListClusters`; `judge:Rules` where the time did not suffice for all rules, or the steps of a role for one. */
  readonly what: string;
  /** `account`, a region, `region/cluster`, or the ARN of one thing. */
  readonly scope: string;
  readonly reason: UnknownReason;
  readonly detail: string;
  readonly accepted: boolean;
  /** Why the user accepted it; null where not accepted. */
  readonly acceptedBecause: string | null;
}

/** A gap that the user knows and accepts: it stays in every report and no longer makes the audit incomplete. */
export interface AcceptUnread {
  /** A region, `region/cluster`, or an IAM action. */
  readonly scope: string;
  readonly reason: string;
}

export interface Coverage {
  readonly regions: readonly string[];
  readonly clusters: number;
  readonly providers: number;
  readonly roles: number;
  /** null = not read. */
  readonly serviceAccounts: number | null;
  /** Those that had not finished; null = no cluster's pods were read. */
  readonly pods: number | null;
  readonly calls: Readonly<Record<string, number>>;
  /** Families that nobody asked to look at, such as `service-account` without Kubernetes access. */
  readonly notLookedAt: readonly string[];
  readonly unread: readonly Unread[];
  readonly notes: readonly string[];
}

export interface NotEvaluated {
  readonly scope: string;
  readonly reason: string;
}

/** What became of one rule. `checked` counts subjects checked, `failed` those with at least one finding raised. */
export interface RuleOutcome {
  readonly id: string;
  readonly checked: number;
  readonly failed: number;
  readonly notEvaluated: readonly NotEvaluated[];
  /** The error of a rule that crashed, else null. A crash makes the report incomplete. */
  readonly crashed: string | null;
}

/** A finding of an earlier run whose subject could not be checked again: nothing says that it is gone. */
export interface CarriedOver {
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly fingerprint: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** A rule's prose, carried in the report so that renderers need nothing else. */
export interface RuleText {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly references: readonly string[];
}

/** A cluster that was listed, by which people know an issuer. */
export interface ReportedCluster {
  readonly region: string;
  readonly name: string;
  /** Its issuer without `https://`; null where it has none or was not described. */
  readonly issuer: string | null;
  /** The context of the kubeconfig by which it was read; absent = the one that `aws eks update-kubeconfig` makes. */
  readonly context?: string;
}

/** What somebody wanted to see of an audit; an empty list limits nothing. */
export interface Selection {
  /** Names, or `region/name`. */
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  /** Names or ARNs. */
  readonly roles: readonly string[];
  readonly rules: readonly string[];
  readonly excludedRules: readonly string[];
  readonly minSeverity: Severity;
  /** How many findings it leaves out. */
  readonly leftOut: number;
}

/** The outcome of one audit. */
export interface Report {
  readonly schemaVersion: 1;
  readonly account: string;
  /** The name that people gave the account; null = it has none, or it was not read; absent = the version that made it did not ask. */
  readonly accountAlias?: string | null;
  readonly partition: string;
  readonly generatedAt: string;
  readonly complete: boolean;
  readonly coverage: Coverage;
  /** Absent = all of it is here. */
  readonly selection?: Selection;
  /** Every cluster that was listed; empty where the version that made the report did not say. */
  readonly clusters: readonly ReportedCluster[];
  /** Sorted: problems by severity, each primary followed by its co-defects. */
  readonly findings: readonly Finding[];
  /** Empty in an audit without memory of earlier runs. */
  readonly carriedOver: readonly CarriedOver[];
  readonly rules: readonly RuleOutcome[];
  /** Texts of the rules that have findings, by rule id. */
  readonly texts: Readonly<Record<string, RuleText>>;
}
