import { SERVICE_ACCOUNT_PREFIX } from './claims.js';
import { accepts, advance, bothCases, settle, strangerTo, takesAll, type Places, type SubjectClause } from './clause-witness.js';
import type { Tristate } from './tristate.js';

/** A namespace with so many characters that no pattern mentions is one that nobody named. */
const STRANGE = 4;
/** Kubernetes: a namespace is a DNS label, the name of a service account a DNS subdomain. */
const LONGEST_NAMESPACE = 63;
const LONGEST_NAME = 253;
/** How many texts may be read before the search gives up. */
const STEPS = 20_000;

/** A text read so far: where each pattern of the clause stands, and what is known of the part that is being read. */
interface Reading {
  readonly places: readonly Places[];
  readonly text: string;
  readonly isName: boolean;
  /** Characters of this part so far, and how many of them no pattern mentions. */
  readonly length: number;
  readonly strange: number;
}

export interface StrangeSubject {
  readonly found: Tristate;
  /** Empty where none was found. */
  readonly subject: string;
}

const NONE: StrangeSubject = { found: 'no', subject: '' };

/** Where the patterns stand one character later; null where no text that begins so is in the clause. */
function readOn({ all, none }: SubjectClause, places: readonly Places[], char: string): readonly Places[] | null {
  const next = [...all, ...none].map((pattern, index) => advance(pattern, places[index] ?? [], char));
  const isDead =
    all.some((_, index) => next[index]?.length === 0) || none.some((pattern, index) => takesAll(pattern, next[all.length + index] ?? []));
  return isDead ? null : next;
}

function isMember({ all, none }: SubjectClause, places: readonly Places[]): boolean {
  return [...all, ...none].every((pattern, index) => accepts(pattern, places[index] ?? []) === index < all.length);
}

/** The characters that some pattern waits for. */
function waitedFor({ all, none }: SubjectClause, places: readonly Places[]): string[] {
  return [...all, ...none].flatMap(({ parts, ignoreCase }, index) =>
    (places[index] ?? []).flatMap((at) => {
      const part = parts[at];
      if (part?.kind !== 'literal') return [];
      return ignoreCase ? bothCases(part.char) : [part.char];
    }),
  );
}

/** Whether the namespace read so far is one that nobody named: none of its characters is mentioned, or many are not. */
const isStrange = ({ length, strange }: Reading): boolean => length > 0 && (strange === length || strange >= STRANGE);

function nextOf(clause: SubjectClause, reading: Reading, stranger: string, isNameFree: boolean): readonly Reading[] {
  const { isName, length, strange, text } = reading;
  const mentioned = isName && !isNameFree ? [] : waitedFor(clause, reading.places);
  const chars = length < (isName ? LONGEST_NAME : LONGEST_NAMESPACE) ? new Set([stranger, ...mentioned]) : [];
  const next = [...chars].flatMap((char): Reading[] => {
    const places = char === ':' ? null : readOn(clause, reading.places, char);
    return places === null ? [] : [{ places, text: text + char, isName, length: length + 1, strange: strange + Number(char === stranger) }];
  });
  const named = !isName && isStrange(reading) ? readOn(clause, reading.places, ':') : null;
  return named === null ? next : [...next, { places: named, text: `${text}:`, isName: true, length: 0, strange: 0 }];
}

const keyOf = ({ places, isName, length, strange }: Reading): string =>
  `${String(isName)} ${Math.min(length, 1)} ${Math.min(strange, STRANGE)} ${String(strange === length)} ${places.join('|')}`;

/**
 * A service account of a clause that nobody named: in a namespace that no pattern mentions, or in the given one with a name
 * of characters that no pattern mentions. Found by reading on character by character, not by filling wildcards in: a policy
 * cannot step round it by what it mentions, nor by wildcards of one character each.
 * @param namespace the only one looked at; null = one that nobody named
 */
export function strangeSubject(clause: SubjectClause, namespace: string | null): StrangeSubject {
  if (clause.all.some(({ literal }) => literal !== null)) return NONE;
  const patterns = [...clause.all, ...clause.none];
  const stranger = strangerTo(patterns);
  const begin = namespace === null ? SERVICE_ACCOUNT_PREFIX : `${SERVICE_ACCOUNT_PREFIX}${namespace}:`;
  const start = [...begin].reduce<readonly Places[] | null>(
    (places, char) => (places === null ? null : readOn(clause, places, char)),
    patterns.map((pattern) => settle(pattern, [0])),
  );
  if (start === null) return NONE;
  const queue: Reading[] = [{ places: start, text: begin, isName: namespace !== null, length: 0, strange: 0 }];
  const seen = new Set<string>();
  for (const reading of queue) {
    if (reading.isName && reading.length > 0 && isMember(clause, reading.places)) return { found: 'yes', subject: reading.text };
    for (const next of nextOf(clause, reading, stranger, namespace === null)) {
      if (seen.size > STEPS) return { found: 'undecided', subject: '' };
      const key = keyOf(next);
      if (!seen.has(key)) {
        seen.add(key);
        queue.push(next);
      }
    }
  }
  return NONE;
}
