/** What a text says, whoever says it. The causes of each are in `symptoms.ts`. */
export type SymptomId =
  | 'not-authorized'
  | 'no-provider'
  | 'wrong-audience'
  | 'invalid-arn'
  | 'thumbprint'
  | 'no-key'
  | 'issuer-unreachable'
  | 'token-expired'
  | 'token-invalid'
  | 'region-disabled'
  | 'session-policy'
  | 'duration'
  | 'session-name'
  | 'association-denied'
  | 'agent-denied'
  | 'association-not-found'
  | 'pod-token-refused'
  | 'pod-identity-throttled'
  | 'pod-identity-trouble'
  | 'agent-address'
  | 'agent-unreachable'
  | 'agent-unknown-to-sdk'
  | 'token-unreadable'
  | 'token-absent'
  | 'half-configured'
  | 'sts-unreachable'
  | 'metadata-unreachable'
  | 'region-unknown'
  | 'module-missing'
  | 'no-credentials'
  | 'denied-as-node'
  | 'denied-as-user'
  | 'denied-as-role'
  | 'role-to-role-denied'
  | 'denied'
  | 'keys-refused'
  | 'session-expired'
  | 'service-account-absent'
  | 'association-refused'
  | 'policy-refused'
  | 'policy-too-long'
  | 'too-many-providers'
  | 'not-told';

/** One text that is known, and how it is recognized. */
export interface ErrorText {
  readonly symptom: SymptomId;
  /** Who says it. */
  readonly by: string;
  /** Runs in linear time: whoever wrote the text may be hostile. */
  readonly pattern: RegExp;
  /** As it is documented, or as the source writes it. */
  readonly sample: string;
  /** The documentation, or the line of the source that says it. */
  readonly source: string;
}

/** A table of texts: who says them, and rows of symptom, pattern, sample and source. */
export type Rows = readonly (readonly [symptom: SymptomId, pattern: RegExp, sample: string, source: string])[];

export function saidBy(by: string, rows: Rows): readonly ErrorText[] {
  return rows.map(([symptom, pattern, sample, source]) => ({ symptom, by, pattern, sample, source }));
}
