import { issuerIdOf, type IssuerId } from '../../model/inventory/issuer-id.js';
import { claimReader, SERVICE_ACCOUNT_PREFIX } from '../language/claims.js';
import { keysOfIssuer } from '../language/issuer-keys.js';
import { findWitness, inClause, strangerTo, type SubjectClause } from './clause-witness.js';
import { isPlainText, parseOperator } from '../language/condition-operators.js';
import { only } from '../../lib/one-or-list.js';
import { verdictOf, type TrustVerdict } from '../language/evaluate.js';
import type { Statement, TrustPolicy } from '../language/parse.js';
import { withinSteps, type Steps } from '../pattern/steps.js';
import type { SubjectPattern } from './subject-pattern.js';
import { literalOf, membership, patternsIn, sizeOf, subjectSet, subtract, Tries, type Demand, type SubjectSet } from './subject-set.js';

/** Somebody who is outside one set and may be in another. */
export interface Gained {
  /** The subject, or the pattern that allows it; `*` where that is every service account. */
  readonly subject: string;
  readonly isPattern: boolean;
  /** Whether they are allowed then, configuration cannot tell. */
  readonly isUndecided: boolean;
}

/** Nobody can tell who is gained: the policies are too involved. */
const ANYBODY: readonly Gained[] = [{ subject: '*', isPattern: true, isUndecided: true }];

const textOf = ({ all, none }: SubjectClause): string =>
  JSON.stringify([all, none].map((patterns) => patterns.map(({ text, ignoreCase }) => `${String(ignoreCase)} ${text}`).sort()));

/** A clause as what somebody meets who is in it. */
const asDemand = ({ all, none }: SubjectClause): Demand => ({
  anyOf: all.map((pattern) => ({ path: pattern.path, patterns: [pattern] })),
  noneOf: none.map((pattern) => ({ path: pattern.path, patterns: [pattern] })),
});

/** Those who are in two clauses. */
const inBoth = (left: SubjectClause, right: SubjectClause): SubjectClause => ({
  all: [...left.all, ...right.all],
  none: [...left.none, ...right.none],
});

/** What a clause of patterns holds beside those of a set. @throws StepsEnded */
export function beyond(clause: SubjectClause, before: readonly SubjectClause[], tries: Tries): readonly SubjectClause[] {
  const others = before.filter((one) => literalOf(one) === null || inClause(clause, literalOf(one) ?? ''));
  return others.reduce<readonly SubjectClause[]>((left, one) => subtract(left, asDemand(one), tries), [clause]);
}

/** A pattern as somebody who is gained by it. */
function writtenAs({ text, parts }: SubjectPattern): Pick<Gained, 'subject' | 'isPattern'> {
  if (parts.some(({ kind }) => kind !== 'literal')) return { subject: text, isPattern: true };
  return { subject: parts.map((part) => (part.kind === 'literal' ? part.char : '')).join(''), isPattern: false };
}

const EVERYBODY = { subject: '*', isPattern: true } as const;

/** The patterns of a clause as the policy has them; what only says that the issuer is of Kubernetes is none of its. */
function writtenIn({ all }: SubjectClause): readonly Pick<Gained, 'subject' | 'isPattern'>[] {
  const patterns = all.filter(({ path }) => path !== '$').map(writtenAs);
  return patterns.length === 0 ? [EVERYBODY] : patterns;
}

/** The statements of a set whose conditions are no patterns: of whom they speak, only the evaluator can tell. */
function doubtsIn({ requirements }: SubjectSet): string {
  const opaque = requirements.flatMap((one) => (one.opaque ? [one.statement] : []));
  return JSON.stringify(
    opaque.map(({ effect, conditions }) => [
      effect,
      conditions.map(({ operator, key, values }) => [operator, key, values.map(({ value }) => value)]),
    ]),
  );
}

/** Who is known not to be outside a set; of an opaque one only the definite are. */
const knownIn = ({ opaque, definite, possible }: SubjectSet): readonly SubjectClause[] => (opaque ? definite : possible);

/** Those of the clauses of a set that may hold somebody who is outside another. */
function suspects(clauses: readonly SubjectClause[], after: SubjectSet, before: SubjectSet): readonly SubjectClause[] {
  const textsOf = (clauses: readonly SubjectClause[]): ReadonlySet<string> => new Set(clauses.map(textOf));
  const known = textsOf(knownIn(before));
  const others = clauses.filter((clause) => !known.has(textOf(clause)));
  if (!before.opaque || doubtsIn(before) !== doubtsIn(after)) return others;
  // What is in doubt before and after for the same reason is no news.
  const [sure, doubted] = [textsOf(after.definite), textsOf(before.possible)];
  return others.filter((clause) => sure.has(textOf(clause)) || !doubted.has(textOf(clause)));
}

const verdictFor = ({ policy, door }: SubjectSource, subject: string): TrustVerdict['verdict'] => verdictOf(policy, { ...door, subject });

/** Those of some subjects who are gained: of each the evaluator knows all there is to know. Null where the steps end. */
function gainedSubjects(
  subjects: ReadonlySet<string>,
  after: SubjectSource,
  before: SubjectSource,
  steps: Steps,
): readonly Gained[] | null {
  return withinSteps(() =>
    [...subjects].flatMap((subject): readonly Gained[] => {
      steps.take(after.policy.statements.length + before.policy.statements.length);
      const then = verdictFor(after, subject);
      if (then === 'denied' || verdictFor(before, subject) !== 'denied') return [];
      return [{ subject, isPattern: false, isUndecided: then === 'undecided' }];
    }),
  );
}

/** Two sets, and a character that no pattern of either mentions. */
interface Compared {
  readonly after: SubjectSet;
  readonly before: SubjectSet;
  readonly stranger: string;
}

/** Whom one set gains over another, of those in a part of one of its clauses. @throws StepsEnded */
function gainedIn(part: SubjectClause, clause: SubjectClause, { after, before, stranger }: Compared): readonly Gained[] {
  const { steps } = after;
  const witness = findWitness(part, steps, stranger);
  if (witness.kind !== 'found') return witness.kind === 'empty' ? [] : ANYBODY;
  const strange = stranger.repeat(16);
  const anybody = `${SERVICE_ACCOUNT_PREFIX}${strange}:${strange}`;
  const examples = inClause(part, anybody) ? [anybody, witness.subject] : [witness.subject];
  return examples.flatMap((example): readonly Gained[] => {
    steps.take(sizeOf(after) + sizeOf(before));
    const then = membership(after, example);
    const isShown = then !== 'no' && membership(before, example) === 'no';
    if (!isShown && !before.opaque && !after.opaque) return [];
    const written = example === anybody ? [EVERYBODY] : writtenIn(clause);
    return written.map((one) => ({ ...one, isUndecided: !isShown || then === 'undecided' }));
  });
}

/** A policy and through what one comes to it: a set before it is worked out. */
export type SubjectSource = Pick<SubjectSet, 'policy' | 'door'>;

/**
 * The subjects that a statement names in full with StringEquals and the like; null where it may allow others. Of several conditions
 * on the subject two may be one key in two spellings, of which STS may see either.
 */
function namedBy({ conditions, problems }: Statement, isSubject: (key: string) => boolean): readonly string[] | null {
  const naming = only(conditions.filter(({ key }) => isSubject(key)));
  const operator = naming === null ? null : parseOperator(naming.operator);
  if (naming === null || operator === null || problems.length > 0) return null;
  if (operator.family !== 'string' || operator.negated || operator.ifExists || operator.set !== null) return null;
  const values = naming.values.map(({ value }) => value);
  return values.every((value) => isPlainText(operator, value) && !value.includes('${')) ? values : null;
}

/** Everybody whom a policy may allow, where all its Allow statements name them; null where one is open to others. */
function namedByAll({ statements, problems }: TrustPolicy, url: IssuerId): ReadonlySet<string> | null {
  const claimOf = claimReader(url);
  const { subject } = keysOfIssuer(url);
  const named = statements
    .filter(({ effect }) => effect !== 'Deny')
    .map((statement) => namedBy(statement, (key) => claimOf(key) === subject));
  return problems.length > 0 || named.includes(null) ? null : new Set(named.flatMap((subjects) => subjects ?? []));
}

/**
 * Those whom one policy allows for certain, and another only may: what denied them, if it did, is gone. A pattern, or one subject
 * for each of its clauses.
 */
export function surerBy(after: SubjectSource, before: SubjectSource, steps: Steps): readonly Gained[] {
  const [then, now] = [subjectSet(after.policy, after.door, steps), subjectSet(before.policy, before.door, steps)];
  if (now.possible === now.definite) return [];
  const stranger = strangerTo([...patternsIn(then.requirements), ...patternsIn(now.requirements)]);
  // An example says nothing of others, and what is definite is not all, where a condition that is no pattern is new or gone.
  const isOther = doubtsIn(now) !== doubtsIn(then);
  const surer = isOther ? then.possible : then.definite;
  const mayBeBefore = (part: SubjectClause): boolean =>
    now.possible.some((clause) => {
      const witness = findWitness(inBoth(part, clause), steps, stranger);
      if (witness.kind !== 'found') return witness.kind === 'undecided';
      return !now.opaque || isOther || membership(now, witness.subject) === 'undecided';
    });
  const found = withinSteps(() => surer.filter((clause) => beyond(clause, now.definite, new Tries(steps)).some(mayBeBefore)));
  return found === null ? ANYBODY : found.flatMap(writtenIn).map((one) => ({ ...one, isUndecided: true }));
}

/**
 * Whoever one policy denies for certain and another does not: exactly, by the clauses of both sets. Where conditions are no
 * patterns an example of each clause is put to the evaluator, and what it cannot show stays undecided.
 * @param after the policy that gains, and through what
 * @param before what it gains over; of the same issuer and audience
 * @param steps those that are spent on the role
 */
export function gainedBy(after: SubjectSource, before: SubjectSource, steps: Steps): readonly Gained[] {
  const named = namedByAll(after.policy, issuerIdOf(after.door.issuer));
  if (named !== null) return gainedSubjects(named, after, before, steps) ?? ANYBODY;
  const gaining = subjectSet(after.policy, after.door, steps);
  if (gaining.limit !== null) return ANYBODY;
  const literals = gainedSubjects(new Set(gaining.possible.flatMap((clause) => literalOf(clause) ?? [])), after, before, steps);
  const patterns = gaining.possible.filter((clause) => literalOf(clause) === null);
  if (literals === null || patterns.length === 0) return literals ?? ANYBODY;
  const losing = subjectSet(before.policy, before.door, steps);
  if (losing.limit !== null) return ANYBODY;
  const stranger = strangerTo([...patternsIn(gaining.requirements), ...patternsIn(losing.requirements)]);
  const compared = { after: gaining, before: losing, stranger };
  const byPattern = withinSteps(() =>
    suspects(patterns, gaining, losing).flatMap((clause) =>
      beyond(clause, knownIn(losing), new Tries(steps)).flatMap((part) => gainedIn(part, clause, compared)),
    ),
  );
  return byPattern === null ? ANYBODY : [...literals, ...byPattern];
}
