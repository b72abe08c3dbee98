import type { SubjectClause } from './clause-witness.js';
import { Steps, withinSteps } from '../pattern/steps.js';
import { beyond } from './subject-difference.js';
import { literalOf, membership, Tries, witnessIn, type SubjectSet } from './subject-set.js';

/** An exception is a word about an answer: it takes no more than a small part of what the answer takes. */
const STEPS = 20_000;

const textsOf = ({ all }: SubjectClause): readonly string[] => all.map(({ text }) => text);

/** What patterns of a set would allow without their exceptions, each once. */
function startsOf(clauses: readonly SubjectClause[]): readonly SubjectClause[] {
  const open = clauses.filter((clause) => literalOf(clause) === null).map(({ all }): SubjectClause => ({ all, none: [] }));
  return [...new Map(open.map((clause) => [JSON.stringify(textsOf(clause)), clause])).values()];
}

function exceptionsFrom(clauses: readonly SubjectClause[], set: SubjectSet): readonly string[] {
  if (clauses.every(({ none }) => none.length === 0)) return [];
  const tries = new Tries(new Steps(STEPS));
  const left = withinSteps(() => startsOf(clauses).flatMap((start) => beyond(start, clauses, tries).map((clause) => ({ start, clause }))));
  return (left ?? []).flatMap(({ start, clause }) => {
    const witness = witnessIn(clause, set);
    const isOut = witness.kind === 'found' && membership(set, witness.subject) !== 'yes';
    const [own, others] = [new Set(textsOf(start)), textsOf(clause)];
    return isOut ? [others.filter((text) => !own.has(text)).join(' and ')] : [];
  });
}

/**
 * Subjects and patterns of whom the patterns of a set would allow and conditions or Deny statements leave out, sorted; two patterns
 * of which a subject has to match both are in one text. As far as the steps go. An opaque set may have no clause of whom the
 * evaluator knows to be in it: those who only may be have the same exceptions.
 */
export function exceptionsOf(set: SubjectSet): readonly string[] {
  const texts = [set.definite, ...(set.opaque ? [set.possible] : [])].flatMap((clauses) => exceptionsFrom(clauses, set));
  return [...new Set(texts)].filter((text) => text !== '').sort();
}
