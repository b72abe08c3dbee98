import { SERVICE_ACCOUNT_PREFIX } from '../language/claims.js';
import type { SubjectClause } from './clause-witness.js';
import { membership, type SubjectSet } from './subject-set.js';

/** Finds the sets that a subject is in without asking every set. */
export interface SubjectIndex<T> {
  /** Whose set allows the subject, or may; in the order in which they were given. */
  find(subject: string): { readonly value: T; readonly membership: 'yes' | 'undecided' }[];
}

interface Member<T> {
  readonly order: number;
  readonly value: T;
  readonly set: SubjectSet;
}

/** Sets under a text that all their subjects share. */
class Shelf<T> {
  private readonly sets = new Map<string, Set<Member<T>>>();

  put(key: string, member: Member<T>): void {
    const there = this.sets.get(key);
    if (there === undefined) this.sets.set(key, new Set([member]));
    else there.add(member);
  }

  at(key: string): ReadonlySet<Member<T>> | null {
    return this.sets.get(key) ?? null;
  }
}

/** What is behind the last colon: the account's name in a subject of Kubernetes. */
const nameOf = (subject: string): string => subject.slice(subject.lastIndexOf(':') + 1);
/** Everything up to the colon behind the namespace; null where the text does not reach so far. */
function namespaceOf(text: string): string | null {
  const end = text.startsWith(SERVICE_ACCOUNT_PREFIX) ? text.indexOf(':', SERVICE_ACCOUNT_PREFIX.length) : -1;
  return end < 0 ? null : text.slice(0, end);
}

/** The namespace that each subject of a clause is in, with what is before it; null = of no matter which. */
export const fixedNamespace = ({ all }: SubjectClause): string | null =>
  all.map(({ prefix }) => namespaceOf(prefix)).find((found) => found !== null) ?? null;

/**
 * Indexes sets by what their patterns fix: the whole subject, its namespace, its name, or how it begins. A subject is
 * held only against the sets on its shelves and against those whose patterns fix nothing.
 */
export function indexSubjects<T>(entries: Iterable<{ readonly value: T; readonly set: SubjectSet }>): SubjectIndex<T> {
  const literals = new Shelf<T>();
  const namespaces = new Shelf<T>();
  const names = new Shelf<T>();
  const beginnings = new Shelf<T>();
  const lengths = new Set<number>();
  const shelve = (clause: SubjectClause, member: Member<T>): void => {
    const literal = clause.all.find((pattern) => pattern.literal !== null)?.literal ?? null;
    const namespace = fixedNamespace(clause);
    const name = clause.all.find(({ suffix }) => suffix.includes(':'))?.suffix;
    if (literal !== null) literals.put(literal, member);
    else if (namespace !== null) namespaces.put(namespace, member);
    else if (name !== undefined) names.put(nameOf(name), member);
    else {
      const beginning = clause.all.reduce((longest, { prefix }) => (prefix.length > longest.length ? prefix : longest), '');
      lengths.add(beginning.length);
      beginnings.put(beginning, member);
    }
  };
  let order = 0;
  for (const { value, set } of entries) {
    const member = { order, value, set };
    order += 1;
    for (const clause of set.possible) shelve(clause, member);
  }
  return {
    find(subject) {
      const namespace = namespaceOf(subject);
      const shelves = [literals.at(subject), namespace === null ? null : namespaces.at(namespace), names.at(nameOf(subject))];
      for (const length of lengths) shelves.push(beginnings.at(subject.slice(0, length)));
      const found = new Map<Member<T>, 'yes' | 'undecided'>();
      for (const shelf of shelves) {
        for (const member of shelf ?? []) {
          const answer = found.has(member) ? 'no' : membership(member.set, subject);
          if (answer !== 'no') found.set(member, answer);
        }
      }
      return [...found].sort(([left], [right]) => left.order - right.order).map(([{ value }, answer]) => ({ value, membership: answer }));
    },
  };
}
