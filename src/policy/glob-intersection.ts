import { sameChar, type GlobPart } from './glob.js';

/** A pattern and whether letters are compared without case. */
export interface CasedGlob {
  readonly parts: readonly GlobPart[];
  readonly ignoreCase: boolean;
}

/** A character that both positions take, `filler` where both take any; null where there is none. */
function common(left: GlobPart, right: GlobPart, a: CasedGlob, b: CasedGlob, filler: string): string | null {
  if (left.kind !== 'literal') return right.kind === 'literal' ? right.char : filler;
  if (right.kind !== 'literal') return left.char;
  if (!sameChar(left.char, right.char, a.ignoreCase || b.ignoreCase)) return null;
  // The stricter side decides how the letter is written.
  return a.ignoreCase ? right.char : left.char;
}

/**
 * A text that both patterns match, or null where there is none. A walk over pairs of positions, each visited once: the
 * time is bounded by the product of the two lengths whatever the input.
 */
export function globIntersection(a: CasedGlob, b: CasedGlob, filler = 'x'): string | null {
  const width = b.parts.length + 1;
  const goal = a.parts.length * width + b.parts.length;
  // Where each pair was reached from (+ 1; 0 = not reached).
  const from = new Int32Array(goal + 1);
  const open = [0];
  const visit = (next: number, place: number): void => {
    if (from[next] !== 0) return;
    from[next] = place + 1;
    open.push(next);
  };
  /** The parts before which a pair of positions stands. */
  const at = (place: number) => ({ left: a.parts[Math.floor(place / width)], right: b.parts[place % width] });
  for (let place = open.pop(); place !== undefined && from[goal] === 0; place = open.pop()) {
    const { left, right } = at(place);
    const both = left !== undefined && right !== undefined;
    // A run is left behind without reading, or stays while the other side reads.
    if (left?.kind === 'run' || (both && right.kind === 'run')) visit(place + width, place);
    if (right?.kind === 'run' || (both && left.kind === 'run')) visit(place + 1, place);
    if (both && left.kind !== 'run' && right.kind !== 'run' && common(left, right, a, b, filler) !== null) visit(place + width + 1, place);
  }
  if (goal > 0 && from[goal] === 0) return null;
  const text: string[] = [];
  for (let place = goal; place > 0;) {
    const before = (from[place] ?? 1) - 1;
    const { left, right } = at(before);
    const moved = place - before;
    const silent = (moved === 1 && right?.kind === 'run') || (moved === width && left?.kind === 'run');
    if (!silent && left !== undefined && right !== undefined) text.push(common(left, right, a, b, filler) ?? '');
    place = before;
  }
  return text.reverse().join('');
}
