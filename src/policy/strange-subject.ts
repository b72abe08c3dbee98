import { SERVICE_ACCOUNT_PREFIX } from './claims.js';
import { COST_OF_PLACE, Reader, strangerTo, textOf, type Step, type SubjectClause } from './clause-witness.js';
import { withinSteps, type Steps } from './steps.js';
import type { Tristate } from './tristate.js';

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

export interface StrangeSubject {
  /** `undecided` where the steps ended first. */
  readonly found: Tristate;
  /** Empty where none was found. */
  readonly subject: string;
}

const NONE: StrangeSubject = { found: 'no', subject: '' };

/** Whether the namespace read so far is one that nobody named: none of its characters is mentioned, or many are not. */
const isStrange = ({ length, strange }: Reading): boolean => length > 0 && (strange === length || strange >= STRANGE);

const keyOf = ({ step, isName, length, strange }: Reading): string =>
  `${String(isName)} ${Math.min(length, 1)} ${Math.min(strange, STRANGE)} ${String(strange === length)} ${step.places}`;

/** @throws StepsEnded */
function search(clause: SubjectClause, namespace: string | null, steps: Steps): StrangeSubject {
  const stranger = strangerTo([...clause.all, ...clause.none]);
  const reader = new Reader(clause, stranger);
  const after = (step: Step, char: string): Step | null => {
    steps.take(COST_OF_PLACE * step.places.length);
    return reader.after(step, char);
  };
  const begin = namespace === null ? SERVICE_ACCOUNT_PREFIX : `${SERVICE_ACCOUNT_PREFIX}${namespace}:`;
  const start = [...begin].reduce<Step | null>((step, char) => (step === null ? null : after(step, char)), reader.beginning());
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
    if (reading.isName && reading.length > 0 && reading.step.hit) return { found: 'yes', subject: textOf(reading.step) };
    for (const next of nextOf(reading)) {
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return NONE;
}

/**
 * A service account of a clause that nobody named: in a namespace that no pattern mentions, or in the given one with a name
 * of characters that no pattern mentions. Found by reading on character by character, not by filling wildcards in: a policy
 * cannot step round it by what it mentions, nor by wildcards of one character each.
 * @param namespace the only one looked at; null = one that nobody named
 * @param steps those of the role
 */
export function strangeSubject(clause: SubjectClause, namespace: string | null, steps: Steps): StrangeSubject {
  if (clause.all.some(({ literal }) => literal !== null)) return NONE;
  return withinSteps(() => search(clause, namespace, steps)) ?? { found: 'undecided', subject: '' };
}
