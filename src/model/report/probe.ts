import type { Chain } from './chain.js';

/** What configuration says of assuming a role; `undecided` where it cannot tell, or not all of it was read. */
export type Expected = 'admitted' | 'refused' | 'undecided';

/** What really happened: who STS says that one then is, or its refusal in its own words. */
export type Outcome = { readonly kind: 'admitted'; readonly arn: string } | { readonly kind: 'refused'; readonly error: string };

/** What a token says of itself. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
}

/** What is tried: to assume the role of a service account as its pods would. */
export interface ProbePlan {
  readonly chain: Chain;
  readonly roleArn: string;
  readonly audience: string;
}

/** What came of it. Neither the token nor credentials are in it. */
export interface Probe extends ProbePlan {
  readonly claims: Claims;
  readonly expected: Expected;
  readonly outcome: Outcome;
  /** Whether it came as the audit expected; null where configuration could not tell. */
  readonly asExpected: boolean | null;
}

/** What the webhook gave the container of a pod; null = not set. */
export interface Given {
  readonly roleArn: string | null;
  readonly tokenFile: string | null;
  /** Of the agent of EKS Pod Identity. */
  readonly credentialsUri: string | null;
  /** Whether there are keys in its environment, which nobody reads. */
  readonly hasKeys: boolean;
}

/** `another`: it is somebody, and not the role that was meant; mostly the node. */
export type PodOutcome = Outcome | { readonly kind: 'another'; readonly arn: string };

/** What came of trying it in a pod. */
export interface PodProbe extends ProbePlan {
  /** Its name; it is gone. */
  readonly pod: string;
  readonly image: string;
  /** How many pods of earlier probes were taken away; null = they could not be listed. */
  readonly swept: number | null;
  readonly given: Given;
  readonly expected: Expected;
  readonly outcome: PodOutcome;
  /** null where configuration could not tell, or the webhook gave the pod nothing to ask with. */
  readonly asExpected: boolean | null;
}
