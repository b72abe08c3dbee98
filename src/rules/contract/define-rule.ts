import type { IssuerId } from '../../model/inventory/issuer-id.js';
import type { Ref } from '../../model/contract/about.js';
import type { Word } from '../../model/report/command.js';
import type { Confidence, Evidence, Kind, Related, Sentence, Severity, Patch } from '../../model/report/finding.js';
import type { Link } from '../../model/contract/chain-links.js';
import type { Entry, Scope } from '../../model/contract/scope.js';
import type { Unless } from '../../model/inventory/observed.js';
import type { Need } from '../../model/contract/sections.js';
import type { Facts, Has } from '../../facts/account/facts.js';
import type { TrustEdit } from '../../policy/edit/repair.js';
import type { RuleId } from './rule-id.js';

export type { Unless } from '../../model/inventory/observed.js';
export type { Entry } from '../../model/contract/scope.js';
export { noProvider, STS_NOT_AUTHORIZED, STS_WRONG_AUDIENCE } from '../../model/report/sts-errors.js';

export interface Repair {
  /** What to do, in one sentence. */
  readonly summary: string;
  /** Changes of the subject role's trust policy. The engine merges those of all defects of a role into one patch and makes the command. */
  readonly edits?: readonly TrustEdit[];
  /** Whether the edits allow whom a pattern only matches: they are shown, and no command makes them. */
  readonly byHand?: boolean;
  /** Changes of other resources. The engine makes their commands. */
  readonly patches?: readonly Patch[];
  /** Commands where there is no patch to make them from, as words; the engine quotes them, or leaves them out where it cannot. */
  readonly commands?: readonly (readonly Word[])[];
}

/** What a rule can say: functions of named data to a sentence, written `{ … } satisfies Messages`, for the compiler to check each call. */
export type Messages = Readonly<Record<string, (data: never) => Sentence>>;

/** What a rule saw. Data only: the engine formats, sorts, groups and proves. */
export interface Raised {
  /** The sentence that tells it, made by one of the rule's `Messages`. */
  readonly message: Sentence;
  readonly evidence: readonly Evidence[];
  readonly related?: readonly Related[];
  /** Where other than the rule's default. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly error?: string | null;
  /** Index of the statement meant, for findings about a trust policy. */
  readonly statement?: number;
  /** Issuer that it concerns, of several the first. With a statement it is part of the fingerprint. */
  readonly issuer?: IssuerId;
  /** The issuers whose tokens it concerns; left out, it concerns everybody whom its statement names. */
  readonly concerns?: readonly IssuerId[];
  /** What it is about, where findings of other rules may be about the same: one of them speaks. */
  readonly about?: readonly Ref[];
  /** It holds only unless what was not read says otherwise: the engine does not tell it, and records the subject as not evaluated. */
  readonly unless?: Unless | null;
  /** An exposure that another defect keeps shut today. */
  readonly latent?: boolean;
  readonly fix: Repair | null;
}

export interface Rule<S = unknown> {
  readonly id: string;
  /** Slug that users group by; several rules may share one. */
  readonly cause: string;
  /** Version that brought the rule. */
  readonly since: string;
  readonly kind: Kind;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly scope: Scope['kind'];
  /** The link of the chain that it speaks of: of two findings about the same the earlier link speaks. */
  readonly link: Link;
  /**
   * Rules that it speaks for whatever their link and subject: what they see of the same is the same mistake from another side.
   * Each exception names the case that needs it.
   */
  readonly absorbs?: readonly RuleId[];
  /** Rules of later links that it does not speak for: what they see of the same is wrong too, and is told in one problem with it. */
  readonly joins?: readonly RuleId[];
  /**
   * What it finds is a piece of a trust policy that allows nobody: a statement, a value, a principal. Where the role does without it
   * (src/facts/trust/dead-piece.ts) it is merely untidy.
   */
  readonly deadPiece?: true;
  /** Whoever annotates a service account brings it about, on any role: a repair that only brings it to light is proven anyway. */
  readonly byAnnotationAlone?: true;
  /** Its subjects are things that are not there: their absence is the defect, and resolves nothing. */
  readonly subjectsAbsent?: true;
  readonly needs: readonly Need[];
  /** Sections that make the answer better; unread, they lower the confidence to `likely` at most. */
  readonly uses: readonly Need[];
  /**
   * Sections that it looks at thing by thing. Where one is unread it says less: it leaves out what depends on it, such as a
   * repair, or records the subject as unread. It never says more, or more surely; where the section alone decides whether what it
   * says is slight or grave, that is `medium`.
   */
  readonly looksAt?: readonly Need[];
  /** The defect, in two to seven words of at most 36 characters without an article: what fits beside a name on 80 columns. */
  readonly title: string;
  readonly why: string;
  /** What the SDK or STS says; null where nothing fails, or where each finding says its own. */
  readonly error: string | null;
  /** How those read that each finding says, with names in braces: for the page of the rule alone. */
  readonly errorForm?: string;
  /** Addresses; in a declaration a page of the user guides of EKS and IAM is `EKS/<page>`, `IAM/<page>`. */
  readonly references: readonly string[];
  subjects(facts: Facts, scope: Scope): readonly Entry<S>[];
  evaluate(of: S, facts: Facts): readonly Raised[];
}

/** What most rules have in common, and leave out. */
const DEFAULTS = { since: '0.1.0', uses: [], error: null } as const;

/** The guides that rules name by their first letters. */
const GUIDES: Readonly<Record<string, string>> = {
  EKS: 'https://docs.aws.amazon.com/eks/latest/userguide',
  IAM: 'https://docs.aws.amazon.com/IAM/latest/UserGuide',
};

/** The address of a page, be it written out or as `EKS/<page>`, `IAM/<page>`. */
const addressOf = (page: string): string => page.replace(/^[A-Z]+(?=\/)/, (guide) => GUIDES[guide] ?? guide);

/** All but what the declaration decides. */
type Header = Omit<Rule, keyof typeof DEFAULTS | 'needs' | 'looksAt' | 'subjects' | 'evaluate'> &
  Partial<Pick<Rule, Exclude<keyof typeof DEFAULTS, 'uses'>>>;

/** What a rule reaches by its declaration: the clusters of every region are clusters too. */
type Reached<N extends Need> = Has<N | ('every-cluster' extends N ? 'clusters' : never)>;

/** A rule whose declaration is its type: `subjects` and `evaluate` reach the sections that it names, and no other. */
interface Declaration<S, N extends Need, U extends Need, L extends Need> extends Header {
  readonly needs: readonly N[];
  readonly uses?: readonly U[];
  readonly looksAt?: readonly L[];
  readonly subjects: (facts: Reached<NoInfer<N | U | L>>, scope: Scope) => readonly Entry<S>[];
  readonly evaluate: (of: S, facts: Reached<NoInfer<N | U | L>>) => readonly Raised[];
}

/** Holds a rule to its declaration, ties its subjects to its evaluate and fills in the defaults, then forgets the types so that rules fit in one list. */
export function defineRule<S, const N extends Need, const U extends Need = never, const L extends Need = never>(
  rule: Declaration<S, N, U, L>,
): Rule {
  return { ...DEFAULTS, ...rule, references: rule.references.map(addressOf) };
}
