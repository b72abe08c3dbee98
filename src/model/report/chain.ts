import type { Finding } from './finding.js';
import type { Unread } from './report.js';
import type { Owner } from '../inventory/workload.js';

/** The service account, and perhaps the pod, whose way to AWS is followed. */
export interface ChainTarget {
  readonly region: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** A pod of it; null = none was named. */
  readonly pod: string | null;
  /** What owns the pods that are asked about, such as a Deployment; absent where nothing was named that does. */
  readonly owner?: Owner;
}

/**
 * - `ok`: it was checked, and holds.
 * - `broken`: it does not hold; nothing after it can work.
 * - `not-read`: what would tell was not read.
 * - `undecided`: it was read, and configuration cannot tell.
 * - `waiting`: it depends on a link before it that does not hold.
 */
export type LinkState = 'ok' | 'broken' | 'not-read' | 'undecided' | 'waiting';

/** One link between a pod and its permissions. */
export interface ChainLink {
  readonly link: string;
  readonly state: LinkState;
  /** What was found, in one sentence. */
  readonly says: string;
  /** What the SDK in the pod says where this link is broken; null where it is not, or nothing is said. */
  readonly error: string | null;
}

/** Every link from a workload to its role, in the order in which they are needed. */
export interface Chain {
  readonly schemaVersion: 1;
  readonly account: string;
  readonly collectedAt: string;
  readonly target: ChainTarget;
  /** The role that the pods which are asked about name themselves, in the place of what their service account is given; absent where they do not. */
  readonly roleOfPod?: string;
  /** By which of the two ways it gets credentials; null where neither is set up, or that was not read. */
  readonly by: 'irsa' | 'pod-identity' | null;
  readonly links: readonly ChainLink[];
  /** `holds`: every link is ok. `open`: none is broken, and not every one is known to hold. */
  readonly verdict: 'holds' | 'broken' | 'open';
  /** How sure it is that it is broken: `likely` where the audit takes what breaks it for no more; `certain` where it is not broken. */
  readonly confidence: 'certain' | 'likely';
  /** Index of the first link that does not hold; null = all hold. */
  readonly first: number | null;
  /** What the audit found on the things of this chain, with the repairs, worst first. */
  readonly findings: readonly Finding[];
  /**
   * What SDKs say in its pods where nothing gave them credentials: of none, or of the node's role, which they take instead. Empty
   * where something did.
   */
  readonly withoutRole: readonly string[];
  readonly unread: readonly Unread[];
}
