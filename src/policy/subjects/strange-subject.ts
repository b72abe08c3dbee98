import { groupBy } from '../../lib/group-by.js';
import { SERVICE_ACCOUNT_PREFIX } from '../language/claims.js';
import { COST_OF_PLACE, Reader, textOf, type Step, type SubjectClause } from './clause-witness.js';
import { hasWildcard } from '../pattern/glob.js';
import { withinSteps } from '../pattern/steps.js';
import { fixedNamespace } from './subject-index.js';
import type { SubjectPattern } from './subject-pattern.js';
import type { SubjectSet } from './subject-set.js';

/** A namespace with so many characters that no pattern mentions is one that nobody named. */
const STRANGE = 4;
/** Kubernetes: a namespace is a DNS label, the name of a service account a DNS subdomain. */
const LONGEST_NAMESPACE = 63;
const LONGEST_NAME = 253;

/** A text read so far, and what is known of the part of it that is being read. */
interface Reading {
  readonly step: Step;
  readonly isName: boolean;
  /** Characters of this part so far, and how many of them no pattern mentions. */
  readonly length: number;
  readonly strange: number;
}

/** Whether the namespace read so far is one that nobody named: no pattern of the set mentions its characters, or many of them. */
const isStrange = ({ length, strange }: Reading): boolean => length > 0 && (strange === length || strange >= STRANGE);

const keyOf = ({ step, isName, length, strange }: Reading): string =>
  `${String(isName)} ${Math.min(length, 1)} ${Math.min(strange, STRANGE)} ${String(strange === length)} ${step.places}`;

/** What a subject begins with in a namespace, or in some namespace. */
const beginningOf = (namespace: string | null): string =>
  namespace === null ? SERVICE_ACCOUNT_PREFIX : `${SERVICE_ACCOUNT_PREFIX}${namespace}:`;

/**
 * Whether how a pattern begins leaves nothing to search for: another beginning, a namespace that it names, or in the given
 * namespace a name of which it mentions the first character. Most patterns of a policy speak of a namespace of their own.
 */
function shutsOut({ prefix }: SubjectPattern, begin: string, namespace: string | null): boolean {
  if (begin.startsWith(prefix)) return false;
  return !prefix.startsWith(begin) || namespace !== null || prefix.includes(':', begin.length);
}

/** @throws StepsEnded */
function search(clause: SubjectClause, namespace: string | null, { stranger, steps }: SubjectSet): string | null {
  const reader = new Reader(clause, stranger);
  const after = (step: Step, char: string): Step | null => {
    steps.take(COST_OF_PLACE * step.places.length);
    return reader.after(step, char);
  };
  const start = [...beginningOf(namespace)].reduce<Step | null>(
    (step, char) => (step === null ? null : after(step, char)),
    reader.beginning(),
  );
  const nextOf = (reading: Reading): readonly Reading[] => {
    const { step, isName, length, strange } = reading;
    // Of a given namespace the name is made of strange characters alone.
    const chars = isName && namespace !== null ? [stranger] : [...reader.waitedFor(step)];
    const next = (length < (isName ? LONGEST_NAME : LONGEST_NAMESPACE) ? chars : []).flatMap((char): Reading[] => {
      const read = char === ':' ? null : after(step, char);
      return read === null ? [] : [{ step: read, isName, length: length + 1, strange: strange + Number(char === stranger) }];
    });
    const named = !isName && isStrange(reading) ? after(step, ':') : null;
    return named === null ? next : [...next, { step: named, isName: true, length: 0, strange: 0 }];
  };
  const queue: Reading[] = start === null ? [] : [{ step: start, isName: namespace !== null, length: 0, strange: 0 }];
  const seen = new Set<string>();
  for (const reading of queue) {
    if (reading.isName && reading.length > 0 && reading.step.hit) return textOf(reading.step);
    for (const next of nextOf(reading)) {
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return null;
}

function strangeSubject(clause: SubjectClause, namespace: string | null, set: SubjectSet): string | null {
  const begin = beginningOf(namespace);
  if (clause.all.some((pattern) => pattern.literal !== null || shutsOut(pattern, begin, namespace))) return null;
  return withinSteps(() => search(clause, namespace, set));
}

/** Somebody whom nobody named, and the clause that allows them anyway. */
export interface Stranger {
  readonly subject: string;
  readonly clause: SubjectClause;
}

/** Those of a namespace; null = of some namespace that no pattern mentions. */
export type StrangersIn = (namespace: string | null) => readonly Stranger[];

/** A namespace that a pattern names and that is allowed whole, by whoever of it nobody named. */
export interface WholeNamespace {
  readonly namespace: string;
  readonly strangers: readonly Stranger[];
}

/** Clauses, each with its place among all, by the namespace that they fix; null = none. */
const byNamespace = (clauses: readonly SubjectClause[]): ReadonlyMap<string | null, readonly (readonly [number, SubjectClause])[]> =>
  groupBy(clauses.entries(), ([, clause]) => fixedNamespace(clause));

/**
 * Finds service accounts that nobody named, one of each clause: in a namespace that no pattern mentions, or in a given one with a
 * name of characters that no pattern mentions. Found by reading on character by character, not by filling wildcards in: a policy
 * cannot step round it by what it mentions, nor by wildcards of one character each. Once the steps have ended, nothing more is found.
 * @param clauses those of the set that are checked
 */
export function strangersIn(set: SubjectSet, clauses: readonly SubjectClause[]): StrangersIn {
  const groups = byNamespace(clauses);
  const loose = groups.get(null) ?? [];
  return (namespace) => {
    if (set.steps.ended) return [];
    const own = namespace === null ? [] : (groups.get(`${SERVICE_ACCOUNT_PREFIX}${namespace}`) ?? []);
    const inOrder = own.length === 0 ? loose : [...own, ...loose].sort(([left], [right]) => left - right);
    return inOrder.flatMap(([, clause]) => {
      const subject = set.steps.ended ? null : strangeSubject(clause, namespace, set);
      return subject === null ? [] : [{ subject, clause }];
    });
  };
}

/** The namespaces that patterns of some clauses name and of which somebody is allowed whom nobody named. */
export function wholeNamespacesOf(clauses: readonly SubjectClause[], strangersOf: StrangersIn): readonly WholeNamespace[] {
  const named = new Set(clauses.flatMap(({ all }) => all.flatMap(({ text }) => text.split(':')[2] ?? [])));
  return [...named].flatMap((namespace) => {
    const strangers = namespace === '' || hasWildcard(namespace) ? [] : strangersOf(namespace);
    return strangers.length === 0 ? [] : [{ namespace, strangers }];
  });
}
