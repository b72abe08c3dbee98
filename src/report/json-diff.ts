import type { Json } from '../model/inventory.js';

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
const isScalar = (value: Json): boolean => typeof value !== 'object' || value === null;

/** One value and a list of one are the same to IAM: where the other side is a list this one is too. */
function likeOther(value: Json, other: Json | undefined): Json {
  if (isList(other) && !isList(value)) return isScalar(value) ? [value] : value;
  if (isList(value)) return value.map((item, index) => likeOther(item, isList(other) ? other[index] : undefined));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, likeOther(item, isRecord(other) ? other[key] : undefined)]));
}

function linesOf(value: Json, key = ''): string[] {
  const name = key === '' ? '' : `${JSON.stringify(key)}: `;
  if (isScalar(value)) return [`${name}${JSON.stringify(value)}`];
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}'];
  const entries: (readonly [string, Json])[] = isList(value)
    ? value.map((item) => ['', item] as const)
    : Object.entries(value as Record<string, Json>);
  if (entries.length === 0) return [`${name}${open}${close}`];
  return [`${name}${open}`, ...entries.flatMap(([inner, item]) => linesOf(item, inner)), close];
}

const OPENS = /[[{]$/;
const CLOSES = /^[\]}]$/;

/** What comes or goes with a single plain value inside it is on one line with that. */
function joined(diff: readonly DiffLine[]): DiffLine[] {
  const lines: DiffLine[] = [];
  for (let at = 0; at < diff.length; at += 1) {
    const [line, value, end] = diff.slice(at, at + 3);
    if (line === undefined) break;
    const isOne =
      value !== undefined &&
      end !== undefined &&
      [value.sign, end.sign].every((sign) => sign === line.sign) &&
      OPENS.test(line.text) &&
      !OPENS.test(value.text) &&
      !CLOSES.test(value.text) &&
      CLOSES.test(end.text);
    lines.push(isOne ? { ...line, text: `${line.text} ${value.text} ${end.text}` } : line);
    if (isOne) at += 2;
  }
  return lines;
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
  const [old, fresh] = [before === null ? [] : linesOf(likeOther(before, after)), after === null ? [] : linesOf(likeOther(after, before))];
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
  return joined(diff).filter(({ text }) => !SAYS_NOTHING.test(text));
}
