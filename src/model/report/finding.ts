import type { Json } from '../inventory/inventory.js';
import type { Manager } from '../inventory/manager.js';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const CONFIDENCES = ['possible', 'likely', 'certain'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

export function atLeast(severity: Severity, threshold: Severity): boolean {
  return severityRank(severity) >= severityRank(threshold);
}

export function lowerConfidence(left: Confidence, right: Confidence): Confidence {
  return CONFIDENCES.indexOf(left) <= CONFIDENCES.indexOf(right) ? left : right;
}

export const KINDS = ['break', 'exposure', 'hygiene'] as const;
/** What a finding claims. `break`: somebody cannot assume a role. `exposure`: too many can. `hygiene`: works, but not as it should. */
export type Kind = (typeof KINDS)[number];

export const SUBJECT_TYPES = ['account', 'cluster', 'provider', 'role', 'service-account', 'pod', 'association'] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

/** The one thing a finding is about. */
export interface Subject {
  readonly type: SubjectType;
  /** Cluster: its name. Provider and role: the ARN. Service account and pod: `cluster/namespace/name`. Account: its id. */
  readonly id: string;
  readonly arn: string | null;
  /** Always there for clusters and what is inside them: two regions may hold clusters of one name. */
  readonly region: string | null;
}

/** Pods by what owns them. */
export interface RunningWorkload {
  /** `region/name` */
  readonly cluster: string;
  readonly namespace: string;
  /** `Deployment`, `StatefulSet`, …, `Pod` for one that nothing owns. */
  readonly kind: string;
  readonly name: string;
}

/** Something else that the finding touches, and how. */
export interface Related {
  readonly type: SubjectType;
  readonly id: string;
  /** Of a cluster and what is inside one, where known: regions may have one each of its name. */
  readonly region?: string;
  /** Of pods, and of whom they were meant to run as: the id of the service account that they run as. Their owner may own those of others. */
  readonly serviceAccount?: string;
  /** Of a service account: some of its pods alone, such as those on some of the nodes. */
  readonly partly?: true;
  readonly why: string;
}

/** Whether something is inside a cluster: those who suffer by what is wrong of a role or a provider are. */
export const isInside = ({ type }: Pick<Related, 'type'>): boolean =>
  type === 'service-account' || type === 'pod' || type === 'association';

/** What a person is told, to the full stop: the compiler takes no bare word for it. */
export type Sentence = `${string}.`;

/** One quoted fact behind a finding. */
export interface Evidence {
  /** What the fragment is, in a few words: "condition key", "audiences of the provider". */
  readonly what: string;
  /** Where it is in the subject's document, such as `$.Statement[0].Condition.StringEquals`; null outside a document. */
  readonly path: string | null;
  /** The fragment exactly as read. */
  readonly found: Json;
  /** What would have worked, where there is one answer. */
  readonly expected: Json | null;
}

/** A subject that a patch allows and that is not allowed today. */
export interface Grant {
  readonly subject: string;
  readonly role: string;
  readonly administrative: boolean;
}

/** One change of one resource. What `after` holds depends on `kind`; see docs/architecture.md. */
export interface Patch {
  readonly resource: string;
  readonly region: string | null;
  readonly kind: 'trust-policy' | 'provider' | 'service-account' | 'pod-identity-association';
  readonly before: Json;
  readonly after: Json;
  /** What manages the resource, by its tags or labels: it is changed there first. Absent = nothing says so. */
  readonly managedBy?: Manager;
}

export interface Fix {
  readonly summary: string;
  readonly commands: readonly string[];
  readonly patches: readonly Patch[];
  readonly grants: readonly Grant[];
  /** Those of `grants`, the first few, whom nothing but an annotation names, and whom a person can allow one by one; absent = nobody. */
  readonly grantable?: readonly string[];
  /** True only after the patched inventory was audited again and nothing of severity medium or above was new. */
  readonly verified: boolean;
}

/** What a tag of findings to ignore is read from. */
export type Tagged = 'role' | 'provider' | 'cluster';

/** Why a finding is not reported, by what, and until which day. */
export interface Suppressed {
  readonly reason: string;
  readonly until: string | null;
  /** `settings`: a suppression that somebody wrote. `cluster-selection`: the settings leave its cluster out. */
  readonly by: 'settings' | 'tag' | 'cluster-selection';
  /** The cluster that is left out, `region/name`; only by a cluster selection. Of several the first. */
  readonly cluster?: string;
  /** The clusters that are left out, where a finding concerns several. */
  readonly clusters?: readonly string[];
}

export interface Finding {
  readonly rule: string;
  readonly cause: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** null = the version that made the report did not say. */
  readonly kind: Kind | null;
  readonly subject: Subject;
  /** The clusters in which it bites, `region/name`; empty where there is none, or its version did not say. */
  readonly clusters: readonly string[];
  /** The namespaces of the service accounts and pods that it is about or affects. */
  readonly namespaces: readonly string[];
  /** What runs as the service accounts that it is about or affects, the first few of each finding. */
  readonly workloads: readonly RunningWorkload[];
  readonly place: 'primary' | 'co-defect';
  /** The fingerprint of the primary of this problem (its own, where it is the primary). */
  readonly problem: string;
  readonly related: readonly Related[];
  /** One sentence: what is wrong. */
  readonly message: string;
  /** What the SDK or STS says when this bites; null where nothing fails. */
  readonly error: string | null;
  readonly evidence: readonly Evidence[];
  readonly fix: Fix | null;
  readonly fingerprint: string;
  readonly status: 'new' | 'open' | 'reopened';
  readonly firstSeen: string;
  readonly suppressed: Suppressed | null;
  /** The suppression that held until a day that has passed; null where there was none. */
  readonly suppressionEnded: Suppressed | null;
  /** What has a tag `irsa-auditor:ignore` that names the rule and does not suppress this finding; null = nothing has. */
  readonly tagWithoutEffect: Tagged | null;
}
