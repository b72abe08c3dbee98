import type { Finding } from './finding.js';
import type { Unread } from './report.js';

/**
 * - `confirmed`: the account shows it.
 * - `possible`: what would tell was not read, or configuration cannot tell.
 * - `refuted`: everything that would show it was read, and it is not there.
 */
export type CauseState = 'confirmed' | 'possible' | 'refuted';

/** What may have produced an error text. */
export interface ExplainedCause {
  /** The id of a rule, or that of a cause which no audit of configuration sees. */
  readonly id: string;
  readonly kind: 'rule' | 'outside';
  readonly title: string;
  readonly state: CauseState;
  /** Why it has this state, in a sentence or two. */
  readonly reason: string;
  /** What to do or to look at; empty where the page of the rule says it. */
  readonly next: string;
  /** Where it is documented; null for a rule, whose page says it. */
  readonly source: string | null;
  /** What the audit found of it, on what the text names where it names something. */
  readonly findings: readonly Finding[];
}

/** A text that somebody is known to say, as it was found in what was given. */
export interface RecognizedText {
  /** Who says it. */
  readonly by: string;
  /** The fragment that was recognized. */
  readonly found: string;
  /** Where it is documented, or the line of the source that says it. */
  readonly source: string;
}

/** Something that the text names. */
export interface NamedThing {
  readonly what: 'role' | 'node role' | 'user' | 'issuer' | 'cluster' | 'service account' | 'pod' | 'account';
  readonly id: string;
  /** What the account says of it; null where no account was asked. */
  readonly note: string | null;
}

/** What an error text means, and which of its causes the account confirms or refutes. */
export interface Explanation {
  readonly schemaVersion: 1;
  /** The account that was asked; null = none. */
  readonly account: string | null;
  readonly collectedAt: string | null;
  /** What the text says, in a sentence; null where it is not known. */
  readonly means: string | null;
  /** The innermost first: what an SDK says around it comes after it. */
  readonly texts: readonly RecognizedText[];
  readonly named: readonly NamedThing[];
  /** The likeliest first; those that are refuted last. */
  readonly causes: readonly ExplainedCause[];
  /** What was not read of the account. */
  readonly unread: readonly Unread[];
  /** Where to look where the text is not known. */
  readonly lookAt: readonly string[];
}
