import type { Unread } from './report.js';

/** Who is allowed through one entrance, as the trust policy has it. Subjects and patterns as tokens have and policies write them. */
export type Admitted =
  /**
   * `because`: JSON paths of what keeps each Allow statement shut, a Deny statement among them; empty where no statement is for this
   * issuer, or it is not the policy that denies everybody: see `provider`, `clientIds` and `meantFor`.
   */
  | { readonly kind: 'nobody'; readonly because: readonly string[] }
  /** Every subject of the issuer. `except`: subjects and patterns of whom the policy leaves out; absent where it leaves out nobody. */
  | { readonly kind: 'everybody'; readonly except?: readonly string[] }
  | { readonly kind: 'exactly'; readonly subjects: readonly string[] }
  /** `namespaces` are allowed whole; `openPatterns` allow somebody of a namespace that no statement names. */
  | {
      readonly kind: 'patterns';
      readonly patterns: readonly string[];
      readonly namespaces: readonly string[];
      readonly openPatterns: readonly string[];
      /** The same as of everybody. */
      readonly except?: readonly string[];
    }
  /** Configuration cannot tell, or AWS has not said; `limit`: the policy is too involved to be decided within the steps of a role. */
  | { readonly kind: 'undecided'; readonly limit?: 'steps' };

/** One issuer and audience through which a role can be assumed, or is meant to be. */
export interface Entrance {
  /** Without `https://`. */
  readonly issuer: string;
  /** `*` = any: of an issuer that is built into AWS, where the policy names none. */
  readonly audience: string;
  /** Whether the account has the issuer's provider, or it is built into AWS; STS refuses every token where it has not. */
  readonly provider: 'there' | 'absent' | 'unread';
  /** The audiences (client IDs) that the provider takes, where these deny everybody whom the policy would allow. */
  readonly clientIds?: readonly string[];
  /** The issuer for which the provider was plainly made, as a cluster of the account has it: no token has the one that it names. */
  readonly meantFor?: string;
  /** `region/name` of the cluster with this issuer; null = none in this account that was read. */
  readonly cluster: string | null;
  readonly who: Admitted;
  /** Where configuration cannot tell of everybody: who is allowed beyond whom nobody else does. */
  readonly atMost?: Exclude<Admitted, { readonly kind: 'nobody' | 'undecided' }>;
  /** JSON paths of the Allow statements that allow somebody, each once. */
  readonly statements: readonly string[];
  /** Service accounts of the cluster that are allowed, `namespace/name`; null where they were not read. */
  readonly serviceAccounts: readonly string[] | null;
  /** Those of whom configuration cannot tell; left out where there are none. */
  readonly maybe?: readonly string[];
}

/** Who can assume one role with a web identity. */
export interface RoleAdmission {
  readonly role: string;
  /** Why the role is administrative; null = it is not, as far as its policies were read. */
  readonly administrative: string | null;
  readonly entrances: readonly Entrance[];
  /** The principals that are no web identities, as kind and value: who is allowed by them is not worked out. Left out where there are none. */
  readonly others?: readonly string[];
}

/** Who can assume which roles of an account. */
export interface Admissions {
  readonly schemaVersion: 1;
  readonly account: string;
  readonly collectedAt: string;
  readonly complete: boolean;
  readonly unread: readonly Unread[];
  readonly roles: readonly RoleAdmission[];
}
