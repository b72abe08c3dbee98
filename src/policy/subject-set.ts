import { findWitness, inClause, STEP_BUDGET, type SubjectClause, type Witness } from './clause-witness.js';
import { evaluateParsed, findsProvider, urlOfProvider } from './evaluate.js';
import { issuerUrl } from './federated.js';
import type { TrustPolicy } from './parse.js';
import { matchesSubject, type SubjectPattern } from './subject-pattern.js';
import { requirementsOf, type Requirement } from './subject-requirement.js';
import type { Tristate } from './tristate.js';

/** Through which provider, with which issuer and audience, subjects come: a request without its subject. */
export interface Door {
  readonly providerArn: string;
  readonly issuer: string;
  readonly audience: string;
  readonly clientIds?: readonly string[];
}

/** Everybody whom a policy lets in through one door. */
export interface SubjectSet {
  readonly policy: TrustPolicy;
  readonly door: Door;
  /** Let in for certain: whoever is in one of these clauses. */
  readonly definite: readonly SubjectClause[];
  /** Not shut out for certain; takes in the definite. */
  readonly possible: readonly SubjectClause[];
  /** Some conditions are no patterns, or the budget ended: between the two lists only the evaluator can tell. */
  readonly opaque: boolean;
  /** What the statements demand, for explanations. Empty where STS does not find the provider. */
  readonly requirements: readonly Requirement[];
}

const EVERYBODY: SubjectClause = { all: [], none: [] };
/** How many clauses may be tried while the conditions of a policy are multiplied out. */
const CLAUSE_BUDGET = 5_000;

class BudgetEnded extends Error {}

/** Counts clauses; ends the multiplication where a policy would need too many. */
class Budget {
  constructor(private left: number) {}

  spend(count = 1): void {
    this.left -= count;
    if (this.left < 0) throw new BudgetEnded('the policy needs too many clauses');
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

type Demand = Pick<Requirement, 'anyOf' | 'noneOf'>;

/** Multiplies the lists of a requirement out. */
function multiply(requirement: Demand, budget: Budget): SubjectClause[] {
  const start = requirement.noneOf.reduce<SubjectClause | null>(
    (clause, { patterns }) => (clause === null ? null : without(clause, patterns)),
    EVERYBODY,
  );
  return requirement.anyOf.reduce<SubjectClause[]>(
    (clauses, { patterns }) =>
      clauses.flatMap((clause) =>
        patterns
          .map((pattern) => {
            budget.spend();
            return narrowed(clause, pattern);
          })
          .filter(present),
      ),
    [start].filter(present),
  );
}

/** Clauses without those whom a Deny meets: whoever misses one of its lists, or matches what it excepts. */
function subtract(clauses: readonly SubjectClause[], deny: Requirement, budget: Budget): SubjectClause[] {
  return clauses.flatMap((clause) => {
    budget.spend();
    const missing = deny.anyOf.map(({ patterns }) => without(clause, patterns));
    // A clause that misses a whole list of the Deny is not met at all.
    if (missing.includes(clause)) return [clause];
    const excepted = deny.noneOf.flatMap(({ patterns }) => patterns.map((pattern) => narrowed(clause, pattern)));
    budget.spend(excepted.length);
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
function combine(requirements: readonly Requirement[], certain: boolean, budget: Budget): Clauses {
  const allows = ofEffect(requirements, 'Allow');
  const denies = ofEffect(requirements, 'Deny');
  const allowed = (chosen: readonly Requirement[]): SubjectClause[] => chosen.flatMap((one) => multiply(one, budget));
  const spared = (clauses: readonly SubjectClause[], chosen: readonly Requirement[]): readonly SubjectClause[] =>
    chosen.reduce((left, deny) => subtract(left, deny, budget), clauses);
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

/** The result of a multiplication; null where the budget ended before it. */
function withinBudget<T>(work: (budget: Budget) => T): T | null {
  try {
    return work(new Budget(CLAUSE_BUDGET));
  } catch (error) {
    if (error instanceof BudgetEnded) return null;
    throw error;
  }
}

/** The clauses of a requirement; null where they would be too many. */
export function clausesOf(requirement: Demand): readonly SubjectClause[] | null {
  return withinBudget((budget) => multiply(requirement, budget));
}

/** Everybody whom a policy lets in through a door. Never throws; a policy too involved for the budget is opaque. */
export function subjectSet(policy: TrustPolicy, door: Door): SubjectSet {
  const url = urlOfProvider(door.providerArn);
  const found = url === null ? 'no' : findsProvider(url, issuerUrl(door.issuer));
  if (url === null || found === 'no' || door.clientIds?.includes(door.audience) === false) {
    return { policy, door, definite: [], possible: [], opaque: false, requirements: [] };
  }
  const requirements = policy.statements.flatMap((statement) => requirementsOf(statement, policy.variables, { ...door, url }));
  const opaque = requirements.some((one) => one.opaque && one.rest !== 'no');
  // A provider that may not be found keeps everybody in doubt who might get in; a document that cannot be read, everybody.
  const unreadable = policy.problems.length > 0;
  const clauses = withinBudget((budget) => combine(requirements, !unreadable, budget));
  if (clauses === null) return { policy, door, definite: [], possible: [EVERYBODY], opaque: true, requirements };
  return { policy, door, definite: found === 'yes' ? clauses.definite : [], possible: clauses.possible, opaque, requirements };
}

const VERDICTS = { allowed: 'yes', denied: 'no', undecided: 'undecided' } as const;

/** Whether one subject is in the set. What the clauses cannot tell, the evaluator decides. */
export function membership(set: SubjectSet, subject: string): Tristate {
  if (set.definite.some((clause) => inClause(clause, subject))) return 'yes';
  if (set.possible === set.definite || !set.possible.some((clause) => inClause(clause, subject))) return 'no';
  return set.opaque ? VERDICTS[evaluateParsed(set.policy, { ...set.door, subject }).verdict] : 'undecided';
}

/** Somebody whom the set lets in for certain; `empty` = nobody can get in; `undecided` = neither can be shown. */
export function someMember(set: SubjectSet, budget = STEP_BUDGET): Witness {
  const definite = set.definite.map((clause) => findWitness(clause, budget));
  const found = definite.find(({ kind }) => kind === 'found');
  if (found !== undefined) return found;
  const possible = set.possible.map((clause) => findWitness(clause, budget));
  return [...definite, ...possible].every(({ kind }) => kind === 'empty') ? { kind: 'empty' } : { kind: 'undecided' };
}
