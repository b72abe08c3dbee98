import { memo } from '../../lib/memo.js';
import { canonical, leastLength, readyGlob, type GlobPart } from '../pattern/glob.js';

/** One pattern of subjects, prepared for repeated matching. */
export interface SubjectPattern {
  /** As a glob; a `*` or `?` that stands for itself is written `[*]` and `[?]`. */
  readonly text: string;
  /** With the fewest runs that say the same. */
  readonly parts: readonly GlobPart[];
  readonly ignoreCase: boolean;
  /** JSON path of the policy value that it comes from. */
  readonly path: string;
  /** The one subject that it allows; null where there are wildcards, or case does not count. */
  readonly literal: string | null;
  /** What every match begins and ends with; empty where case does not count. */
  readonly prefix: string;
  readonly suffix: string;
  /** How many characters every match has at least. */
  readonly least: number;
}

const shown = (part: GlobPart): string => {
  if (part.kind === 'literal') return /[*?]/.test(part.char) ? `[${part.char}]` : part.char;
  return part.kind === 'one' ? '?' : '*';
};

function letters(parts: readonly GlobPart[]): string {
  let text = '';
  for (const part of parts) text += part.kind === 'literal' ? part.char : '';
  return text;
}

export function subjectPattern(written: readonly GlobPart[], ignoreCase: boolean, path: string): SubjectPattern {
  const parts = canonical(written);
  const first = parts.findIndex(({ kind }) => kind !== 'literal');
  const last = parts.findLastIndex(({ kind }) => kind !== 'literal');
  const fixed = first < 0 ? parts : parts.slice(0, first);
  return {
    text: written.map(shown).join(''),
    parts,
    ignoreCase,
    path,
    literal: first < 0 && !ignoreCase ? letters(parts) : null,
    prefix: ignoreCase ? '' : letters(fixed),
    suffix: ignoreCase ? '' : letters(parts.slice(last + 1)),
    least: leastLength(parts),
  };
}

const matcherOf = memo(({ parts, ignoreCase }: SubjectPattern) => readyGlob(parts, ignoreCase));

export function matchesSubject(pattern: SubjectPattern, subject: string): boolean {
  if (pattern.literal !== null) return pattern.literal === subject;
  if (subject.length < pattern.least || !subject.startsWith(pattern.prefix) || !subject.endsWith(pattern.suffix)) return false;
  return matcherOf(pattern)(subject);
}
