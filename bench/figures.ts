/** One measured figure; `ok` is null where there is no limit. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly limit: string;
  readonly ok: boolean | null;
}

/** A figure for information. */
export function told(what: string, measured: string): Figure {
  return { what, measured, limit: '', ok: null };
}

/** A figure that must not be above `most`. */
export function atMost(what: string, value: number, most: number, unit: string, digits = 0): Figure {
  const shown = (number: number): string => `${number.toFixed(digits)} ${unit}`;
  return { what, measured: shown(value), limit: `≤ ${shown(most)}`, ok: value <= most };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  if (low === undefined || high === undefined) throw new RangeError('there is no median of nothing');
  return (low + high) / 2;
}

/** The figures as a Markdown table, which README.md takes as it is. */
export function table(figures: readonly Figure[]): string {
  const verdict = (ok: boolean | null): string => (ok === null ? '' : ok ? 'ok' : 'BROKEN');
  const rows = [['what', 'measured', 'limit', ''], ...figures.map(({ what, measured, limit, ok }) => [what, measured, limit, verdict(ok)])];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}
