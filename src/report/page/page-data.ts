import type { Confidence, Kind, Severity } from '../../model/report/finding.js';

/** What a page holds, as words that are ready to be shown: the program in the page (page/) filters and draws, and judges nothing. */

/** A command to copy, and why it is run. */
export interface PageStep {
  readonly why: string;
  readonly command: string;
}

/** Lines under a title: what of a document goes and comes, or the same change as Terraform and others take it. */
export interface PageLines {
  readonly title: string;
  readonly lines: readonly string[];
}

/** One finding of a problem, as `show` has it. */
export interface PageFinding {
  /** What is wrong besides, with its severity and what it is about; null for what leads the problem. */
  readonly also: string | null;
  readonly message: string;
  readonly tag: string | null;
  readonly error: string | null;
  readonly cause: readonly string[];
  readonly affected: readonly string[];
  readonly managed: readonly string[];
  readonly fix: string | null;
  readonly changes: readonly PageLines[];
  readonly elsewhere: readonly PageLines[];
  readonly grants: readonly string[];
  readonly steps: readonly PageStep[];
  /** Why there is no command, though the change is known. */
  readonly noCommand: string | null;
}

/** One problem: what its row shows, what it is filtered by, and its findings. */
export interface PageProblem {
  readonly severity: Severity;
  readonly kind: Kind | null;
  readonly name: string;
  readonly title: string;
  readonly rule: string;
  readonly confidence: Confidence;
  readonly fingerprint: string;
  readonly verified: boolean;
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  readonly status: 'new' | 'open' | 'reopened';
  /** Since when it is there, in words, and its age in days; null without a memory. */
  readonly since: string | null;
  readonly days: number | null;
  /** Which roles and issuers of the picture it is about or affects, by their place in its lists. */
  readonly roles: readonly number[];
  readonly issuers: readonly number[];
  readonly findings: readonly PageFinding[];
  /** Pages of the AWS console. */
  readonly links: readonly string[];
}

/** A finding that is not told, and by what. */
export interface PageSuppressed {
  readonly severity: Severity;
  readonly name: string;
  readonly title: string;
  readonly rule: string;
  readonly why: string;
}

/** A finding of an earlier run that could not be looked at again. */
export interface PageCarriedOver {
  readonly severity: Severity;
  readonly name: string;
  readonly rule: string;
  readonly seen: string;
}

export interface PageRule {
  readonly title: string;
  readonly why: string;
  readonly references: readonly string[];
}

/** A read without an answer. */
export interface PageGap {
  readonly title: string;
  readonly detail: string;
  readonly next: string;
}

/** What signs tokens: the first column of the picture. */
export interface PageIssuer {
  /** `internet`: strangers' tokens of an issuer that everybody shares. `ci`: the same issuer, for those whom a policy names. */
  readonly kind: 'internet' | 'ci' | 'other' | 'cluster';
  readonly issuer: string;
  readonly name: string;
  readonly note: string;
}

/** A role: the third column, and what it may do. */
export interface PageRole {
  readonly arn: string;
  readonly name: string;
  /** Why it is administrative; null = it is not, as far as its policies were read. */
  readonly administrative: string | null;
  /** Names of its policies; null = not all were read. */
  readonly policies: readonly string[] | null;
  /** Whom it trusts beside web identities. */
  readonly others: readonly string[];
}

/**
 * One way from an issuer to a role. What is `allowed` and `undecided` is what `who` gives, and nothing else; `broken` are entrances by
 * which nobody is allowed, and service accounts that ask for the role and are refused.
 */
export interface PagePath {
  /** Places in the lists of issuers and roles. */
  readonly issuer: number;
  readonly role: number;
  readonly audience: string;
  /** As the policy has it: a subject or a pattern; `*` = every subject, empty = nobody, or not known. */
  readonly subject: string;
  readonly label: string;
  readonly breadth: 'everybody' | 'pattern' | 'named' | 'unknown' | 'nobody' | 'refused';
  readonly state: 'allowed' | 'undecided' | 'broken';
  /** The link that fails: from the issuer, or into the role. */
  readonly fails: 'issuer' | 'role' | null;
  /** A few words under the label. */
  readonly note: string;
  readonly details: readonly string[];
}

/** Who can assume what. */
export interface PagePicture {
  readonly issuers: readonly PageIssuer[];
  readonly roles: readonly PageRole[];
  readonly paths: readonly PagePath[];
}

/** A path by its letters: of `i`ssuer, `r`ole and `s`ubject, and what is not as usual of it. */
export interface PackedPath {
  readonly i: number;
  readonly r: number;
  readonly s: string;
  readonly l?: string;
  readonly a?: string;
  readonly b?: PagePath['breadth'];
  readonly t?: PagePath['state'];
  readonly f?: NonNullable<PagePath['fails']>;
  readonly n?: string;
  /** Places of its details among the texts. */
  readonly d?: readonly number[];
}

/** The same picture without what is as usual (`usual.ts`). */
export interface PackedPicture extends Pick<PagePicture, 'issuers'> {
  readonly roles: readonly (Pick<PageRole, 'arn'> & {
    readonly name?: string;
    readonly administrative?: string;
    readonly policies?: readonly string[];
    readonly others?: readonly string[];
  })[];
  readonly paths: readonly PackedPath[];
  readonly texts: readonly string[];
}

export interface PageData {
  readonly account: string;
  readonly generated: string;
  readonly complete: boolean;
  /** How much of the account the report rests on. */
  readonly scanned: string;
  /** What was not scanned, in one line, and each read of it. */
  readonly gap: string | null;
  readonly gaps: readonly PageGap[];
  /** What else the report does not hold: what was chosen, not asked for, accepted or not judged. */
  readonly remarks: readonly string[];
  /** What can be said where there is no problem. */
  readonly nothing: string;
  /** Whether findings were compared with those of earlier runs. */
  readonly memory: boolean;
  readonly problems: readonly PageProblem[];
  readonly suppressed: readonly PageSuppressed[];
  readonly carriedOver: readonly PageCarriedOver[];
  readonly rules: Readonly<Record<string, PageRule>>;
  /** null = the page was made of a report alone. */
  readonly picture: PackedPicture | null;
}
