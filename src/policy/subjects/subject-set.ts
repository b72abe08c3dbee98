import { issuerIdOf } from '../../model/inventory/issuer-id.js';
import { memo } from '../../lib/memo.js';
import type { OtherClaims } from '../language/claims.js';
import { findWitness, inClause, strangerTo, type SubjectClause, type Witness } from './clause-witness.js';
import { findsProvider, urlOfProvider, verdictOf } from '../language/evaluate.js';
import type { TrustPolicy } from '../language/parse.js';
import { Steps, StepsEnded, withinSteps } from '../pattern/steps.js';
import { matchesSubject, type SubjectPattern } from './subject-pattern.js';
import { requirementsOf, type Requirement } from './subject-requirement.js';
import type { Tristate } from '../language/tristate.js';

/** Through which provider, with which issuer and audience, subjects come: a request without its subject. */
export interface Door {
  readonly providerArn: string;
  readonly issuer: string;
  readonly audience: string;
  readonly clientIds?: readonly string[];
  /** Other claims of the tokens; left out = not known. */
  readonly claims?: OtherClaims;
  /** When they come, ISO 8601; left out = not known. */
  readonly at?: string;
}

/** Everybody whom a policy allows through one door. */
export interface SubjectSet {
  readonly policy: TrustPolicy;
  readonly door: Door;
  /** Let in for certain: whoever is in one of these clauses. */
  readonly definite: readonly SubjectClause[];
  /** Not denied for certain; takes in the definite. */
  readonly possible: readonly SubjectClause[];
  /** Some conditions are no patterns, or the policy is too involved: between the two lists only the evaluator can tell. */
  readonly opaque: boolean;
  /** What the statements require, for explanations. Empty where STS does not find the provider, or the steps had ended before. */
  readonly requirements: readonly Requirement[];
  /** `steps` = the policy is too involved to be put in clauses. One subject can still be asked about; who is in the set stays undecided. */
  readonly limit: 'steps' | null;
  /** What is left for questions about the set; `ended` where one of them had too little. */
  readonly steps: Steps;
  /** A character that no pattern of the set mentions in any case: who is allowed with it is allowed by a wildcard. */
  readonly stranger: string;
}

const EVERYBODY: SubjectClause = { all: [], none: [] };
/** How many clauses may be tried while the conditions of a policy are multiplied out: each subject is held against all that are left. */
const MOST_CLAUSES = 5_000;
/** In a set of more patterns than these, counted once for each clause, the evaluator is the faster of the two that can tell. */
const INVOLVED = 2_000;

/** Counts what is tried while clauses are multiplied out. */
export class Tries {
  private left = MOST_CLAUSES;

  constructor(private readonly steps: Steps) {}

  /** One clause more, made of some patterns. @throws StepsEnded */
  take(clause: SubjectClause, added = 1): void {
    this.left -= 1;
    if (this.left < 0) throw new StepsEnded('the policy needs too many clauses');
    this.steps.take(1 + (clause.all.length + clause.none.length) * added);
  }
}

const same = (a: SubjectPattern, b: SubjectPattern): boolean => a.text === b.text && a.ignoreCase === b.ignoreCase;

/** A clause with one pattern more; null where that leaves nobody for a reason that is plain. A literal decides all other patterns. */
function narrowed(clause: SubjectClause, pattern: SubjectPattern): SubjectClause | null {
  const known = clause.all.find(({ literal }) => literal !== null);
  if (known?.literal !== null && known?.literal !== undefined) return matchesSubject(pattern, known.literal) ? clause : null;
  if (pattern.literal !== null) return inClause(clause, pattern.literal) ? { all: [pattern], none: [] } : null;
  return clause.all.some((one) => same(one, pattern)) ? clause : { all: [...clause.all, pattern], none: clause.none };
}

function without(clause: SubjectClause, patterns: readonly SubjectPattern[]): SubjectClause | null {
  const known = clause.all.find(({ literal }) => literal !== null)?.literal;
  if (known !== undefined && known !== null) return patterns.some((pattern) => matchesSubject(pattern, known)) ? null : clause;
  if (patterns.some((pattern) => clause.all.some((one) => same(one, pattern)))) return null;
  const fresh = patterns.filter((pattern) => !clause.none.some((one) => same(one, pattern)));
  return fresh.length === 0 ? clause : { all: clause.all, none: [...clause.none, ...fresh] };
}

const present = (clause: SubjectClause | null): clause is SubjectClause => clause !== null;

export type Demand = Pick<Requirement, 'anyOf' | 'noneOf'>;

/** The one subject that a clause can hold, where one of its patterns says so. */
export const literalOf = ({ all }: SubjectClause): string | null => all.find(({ literal }) => literal !== null)?.literal ?? null;

/** The clauses that one more list of patterns leaves of a clause. Of a single subject there is never more than one. */
function narrowedBy(clause: SubjectClause, patterns: readonly SubjectPattern[], tries: Tries): SubjectClause[] {
  const literal = literalOf(clause);
  if (literal !== null) {
    tries.take(clause, patterns.length);
    return patterns.some((pattern) => matchesSubject(pattern, literal)) ? [clause] : [];
  }
  return patterns
    .map((pattern) => {
      tries.take(clause);
      return narrowed(clause, pattern);
    })
    .filter(present);
}

/** Multiplies the lists of a requirement out. @throws StepsEnded */
function multiply(requirement: Demand, tries: Tries): SubjectClause[] {
  const start = requirement.noneOf.reduce<SubjectClause | null>((clause, { patterns }) => {
    if (clause !== null) tries.take(clause, patterns.length);
    return clause === null ? null : without(clause, patterns);
  }, EVERYBODY);
  return requirement.anyOf.reduce<SubjectClause[]>(
    (clauses, { patterns }) => clauses.flatMap((clause) => narrowedBy(clause, patterns, tries)),
    [start].filter(present),
  );
}

/** Clauses without those who meet a requirement, such as a Deny: who is left misses one of its lists, or matches what it excepts. @throws StepsEnded */
export function subtract(clauses: readonly SubjectClause[], deny: Demand, tries: Tries): SubjectClause[] {
  return clauses.flatMap((clause) => {
    const missing = deny.anyOf.map(({ patterns }) => {
      tries.take(clause, patterns.length);
      return without(clause, patterns);
    });
    // A clause that misses a whole list of the Deny is not met at all.
    if (missing.includes(clause)) return [clause];
    const excepted = deny.noneOf.flatMap(({ patterns }) => narrowedBy(clause, patterns, tries));
    return [...missing, ...excepted].filter(present);
  });
}

const ofEffect = (requirements: readonly Requirement[], effect: 'Allow' | 'Deny'): Requirement[] =>
  requirements.filter(({ statement, rest }) => (statement.effect === effect || statement.effect === null) && rest !== 'no');

interface Clauses {
  readonly definite: readonly SubjectClause[];
  readonly possible: readonly SubjectClause[];
}

/** @param certain false = nothing is certain, whatever the statements say, such as in a document that cannot be read whole */
function combine(requirements: readonly Requirement[], certain: boolean, tries: Tries): Clauses {
  const allows = ofEffect(requirements, 'Allow');
  const denies = ofEffect(requirements, 'Deny');
  const allowed = (chosen: readonly Requirement[]): SubjectClause[] => chosen.flatMap((one) => multiply(one, tries));
  const spared = (clauses: readonly SubjectClause[], chosen: readonly Requirement[]): readonly SubjectClause[] =>
    chosen.reduce((left, deny) => subtract(left, deny, tries), clauses);
  const definite = certain ? spared(allowed(allows.filter(({ rest }) => rest === 'yes')), denies) : [];
  // Mostly nothing is in doubt; then both are the same list.
  if (certain && [...allows, ...denies].every(({ rest }) => rest === 'yes')) return { definite, possible: definite };
  return {
    definite,
    possible: spared(
      certain ? allowed(allows) : [EVERYBODY],
      denies.filter(({ rest, statement }) => rest === 'yes' && statement.effect === 'Deny'),
    ),
  };
}

/** The clauses of a requirement; null where they would be too many. @throws StepsEnded where the role has no steps left */
export function clausesOf(requirement: Demand, steps: Steps): readonly SubjectClause[] | null {
  const clauses = withinSteps(() => multiply(requirement, new Tries(steps)));
  steps.take(0);
  return clauses;
}

/** Telling what one condition, value or principal requires takes about as long as so many steps, whatever its length. */
const COST_OF_READING = 10;

/** About how much of a policy is checked to tell what its statements require. */
function effortOf({ statements }: TrustPolicy): number {
  let effort = 0;
  for (const { principals, conditions } of statements) {
    effort += COST_OF_READING + principals.length;
    for (const { values } of conditions) for (const { value } of values) effort += COST_OF_READING + value.length;
    effort += COST_OF_READING * conditions.length;
  }
  return effort;
}

/**
 * Everybody whom a policy allows through a door. Never throws; a policy too involved for its steps is opaque, and says so.
 * @param steps those of the role: give the same ones to all its sets, however many doors it has
 */
export function subjectSet(policy: TrustPolicy, door: Door, steps = new Steps()): SubjectSet {
  const url = urlOfProvider(door.providerArn);
  const found = url === null ? 'no' : findsProvider(url, issuerIdOf(door.issuer));
  const nobody = { policy, door, definite: [], possible: [], opaque: false, requirements: [], limit: null, steps, stranger: 'x' };
  if (url === null || found === 'no' || door.clientIds?.includes(door.audience) === false) return nobody;
  const involved = { ...nobody, possible: [EVERYBODY], opaque: true, limit: 'steps' as const };
  if (withinSteps(() => steps.take(effortOf(policy))) === null) return involved;
  const requirements = policy.statements.flatMap((statement) => requirementsOf(statement, policy.variables, { ...door, url }));
  const opaque = requirements.some((one) => one.opaque && one.rest !== 'no');
  const stranger = strangerTo(patternsIn(requirements));
  // A provider that may not be found keeps everybody in doubt who might be allowed; a document that cannot be read, everybody.
  const unreadable = policy.problems.length > 0;
  const clauses = withinSteps(() => combine(requirements, !unreadable, new Tries(steps)));
  if (clauses === null) return { ...involved, requirements, stranger };
  return { ...nobody, definite: found === 'yes' ? clauses.definite : [], possible: clauses.possible, opaque, requirements, stranger };
}

/** All patterns that the statements speak of. */
export function patternsIn(requirements: readonly Requirement[]): SubjectPattern[] {
  return requirements.flatMap(({ anyOf, noneOf }) => [...anyOf, ...noneOf].flatMap(({ patterns }) => patterns));
}

/** How many patterns a set has, counted once for each clause. */
export const sizeOf = memo(({ definite, possible }: SubjectSet): number => {
  const clauses = possible === definite ? definite : [...definite, ...possible];
  return clauses.reduce((sum, { all, none }) => sum + 1 + all.length + none.length, 0);
});

const VERDICTS = { allowed: 'yes', denied: 'no', undecided: 'undecided' } as const;

/** Whether one subject is in the set. What the clauses cannot tell, or not as soon, the evaluator decides. */
export function membership(set: SubjectSet, subject: string): Tristate {
  const evaluated = (): Tristate => VERDICTS[verdictOf(set.policy, { ...set.door, subject })];
  if (sizeOf(set) > INVOLVED) return evaluated();
  if (set.definite.some((clause) => inClause(clause, subject))) return 'yes';
  if (set.possible === set.definite || !set.possible.some((clause) => inClause(clause, subject))) return 'no';
  return set.opaque ? evaluated() : 'undecided';
}

/** Several questions ask for the same. */
const witnessesOf = memo(({ steps, stranger }: SubjectSet) => memo((clause: SubjectClause) => findWitness(clause, steps, stranger)));

/** Somebody in a clause of a set, at the cost of the set. */
export const witnessIn = (clause: SubjectClause, set: SubjectSet): Witness => witnessesOf(set)(clause);

/** Somebody whom the set allows for certain; `empty` = nobody can assume the role; `undecided` = neither can be shown. */
export function someMember(set: SubjectSet): Witness {
  let isEmpty = true;
  for (const clause of set.definite) {
    const witness = witnessIn(clause, set);
    if (witness.kind === 'found') return witness;
    isEmpty &&= witness.kind === 'empty';
  }
  if (isEmpty && set.possible !== set.definite) isEmpty = set.possible.every((clause) => witnessIn(clause, set).kind === 'empty');
  return isEmpty ? { kind: 'empty' } : { kind: 'undecided' };
}
