import type { Admissions } from './admission.js';

/** A role that strangers can assume, or may for all that configuration decides, by an issuer that signs tokens for everybody. */
export interface OpenToStrangers {
  /** ARN. */
  readonly role: string;
  readonly issuer: string;
}

/** What the picture of an account is drawn of: who can assume what, as `roles` has it, and what tells how far that reaches. */
export interface Picture {
  readonly admissions: Admissions;
  /** By issuer, the name of the service that signs tokens for all of its customers: CI, or any other on the internet. */
  readonly shared: Readonly<Record<string, string>>;
  readonly strangers: readonly OpenToStrangers[];
  /** By ARN of a role the names of its policies; a role whose policies were not all read is not here. */
  readonly policies: Readonly<Record<string, readonly string[]>>;
}
