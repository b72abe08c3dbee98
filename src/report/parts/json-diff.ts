import type { Json } from '../../model/inventory/inventory.js';

/** One line of a difference. */
export interface DiffLine {
  readonly sign: '-' | '+';
  readonly text: string;
}

/** More lines than this are not compared: a document of IAM has some dozens. */
const MOST_LINES = 400;

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isRecord = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !isList(value);
const isScalar = (value: Json): value is string | number | boolean | null => typeof value !== 'object' || value === null;

/** Members of whose members each is on a line of its own with the name before it: what is inside means nothing without. */
const lineFor = (name: string, inside: string): string => (name === '' ? inside : `${JSON.stringify(name)}: { ${inside} }`);

/**
 * A value line by line. Each entry of a list has the key of the list before it: one value and a list of one are the same to IAM.
 * @param within the operator or the kind of principal's name that every line has before it
 */
function linesOf(value: Json, key = '', within = ''): string[] {
  const name = key === '' ? '' : `${JSON.stringify(key)}: `;
  if (isScalar(value)) return [lineFor(within, `${name}${JSON.stringify(value)}`)];
  if (isList(value) && value.length > 0 && value.every(isScalar)) return value.flatMap((item) => linesOf(item, key, within));
  const entries: (readonly [string, Json])[] = isList(value) ? value.map((item) => ['', item] as const) : Object.entries(value);
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return [lineFor(within, `${name}${open}${close}`)];
  if (key === 'Principal') return entries.flatMap(([kind, item]) => linesOf(item, kind, key));
  if (key === 'Condition')
    return entries.flatMap(([operator, item]) =>
      isRecord(item) ? Object.entries(item).flatMap(([inner, values]) => linesOf(values, inner, operator)) : linesOf(item, operator),
    );
  return [`${name}${open}`, ...entries.flatMap(([inner, item]) => linesOf(item, inner)), close];
}

/** How long the longest common rest of both lists is, from each pair of places. */
function commonRests(old: readonly string[], fresh: readonly string[]): number[][] {
  const rests = Array.from({ length: old.length + 1 }, () => Array<number>(fresh.length + 1).fill(0));
  for (let left = old.length - 1; left >= 0; left -= 1)
    for (let right = fresh.length - 1; right >= 0; right -= 1) {
      const below = rests[left + 1] ?? [];
      const row = rests[left] ?? [];
      row[right] = old[left] === fresh[right] ? (below[right + 1] ?? 0) + 1 : Math.max(below[right] ?? 0, row[right + 1] ?? 0);
    }
  return rests;
}

/** Brackets, and members that every statement has: what changes is inside them. */
const SAYS_NOTHING = /^(?:"(?:Condition|Principal|Statement|annotations|clientIds)": )?[[\]{}]+$/;

/** What of a document goes (`-`) and comes (`+`), line by line; lines that say nothing left out. */
export function jsonDiff(before: Json, after: Json): readonly DiffLine[] {
  const [old, fresh] = [before === null ? [] : linesOf(before), after === null ? [] : linesOf(after)];
  if (old.length > MOST_LINES || fresh.length > MOST_LINES) return [];
  const rests = commonRests(old, fresh);
  const diff: DiffLine[] = [];
  let [left, right] = [0, 0];
  while (left < old.length || right < fresh.length) {
    const [gone, come] = [old[left], fresh[right]];
    if (gone !== undefined && gone === come) [left, right] = [left + 1, right + 1];
    else if (come === undefined || (gone !== undefined && (rests[left + 1]?.[right] ?? 0) >= (rests[left]?.[right + 1] ?? 0))) {
      diff.push({ sign: '-', text: gone ?? '' });
      left += 1;
    } else {
      diff.push({ sign: '+', text: come });
      right += 1;
    }
  }
  return diff.filter(({ text }) => !SAYS_NOTHING.test(text));
}
