import { groupBy } from '../../lib/group-by.js';
import { inert } from '../../lib/escape-text.js';
import { listed } from '../../lib/list-in-words.js';
import { plural } from '../../lib/plural.js';
import type { Kind, Related, Severity } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { column, columnsOf, cut } from '../layout/fit-line.js';
import type { Names } from '../layout/names.js';
import { linked, severityPaint, type Paint } from '../layout/paint.js';
import type { ToldProblem } from './problems.js';
import { titleOf } from '../layout/phrases.js';

export const SEVERITY_WORD: Readonly<Record<Severity, string>> = {
  critical: 'CRIT',
  high: 'HIGH',
  medium: 'MED',
  low: 'LOW',
  info: 'INFO',
};
export const KIND_WORD: Readonly<Record<Kind, string>> = { break: 'broken', exposure: 'exposed', hygiene: 'hygiene' };
const [SEVERITY_WIDTH, KIND_WIDTH] = [4, 7];

/** One line of the overview: a problem, or several that are equal but for what they are about. */
export interface OverviewRow {
  /** Of the first of them, among the problems of the report. */
  readonly number: number;
  readonly problems: readonly ToldProblem[];
}

/** One line a problem; where those are more than there is room for, one line for all of one rule and severity. */
export function rowsOf(problems: readonly ToldProblem[], room: number): readonly OverviewRow[] {
  const single = problems.map((problem, index): OverviewRow => ({ number: index + 1, problems: [problem] }));
  if (problems.length <= room) return single;
  const equal = groupBy(single, ({ problems: [one] }) => `${one?.severity ?? ''} ${one?.primary.rule ?? ''}`);
  return [...equal.values()].map((rows) => ({ number: rows[0]?.number ?? 0, problems: rows.flatMap((row) => row.problems) }));
}

/** A rule's title as a clause: without its article. */
export function clauseOf(rule: string, report: Pick<Report, 'texts'>): string {
  return titleOf(rule, report)
    .replace(/^(?:The|An?) /, '')
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

function affected(related: readonly Related[]): string {
  const count = (type: Related['type'], one: string): string[] => {
    const some = related.filter((item) => item.type === type).length;
    return some === 0 ? [] : [plural(some, one)];
  };
  return [...count('role', 'role'), ...count('service-account', 'service account'), ...count('pod', 'workload')].join(', ');
}

/** What is in the columns of a row, before it is known how wide they are. */
interface Cells {
  readonly number: string;
  readonly severity: Severity;
  readonly kind: string;
  readonly name: string;
  readonly what: string;
  readonly clusters: string;
  readonly rule: string;
  readonly more: string;
}

const MOST_NAMED = 3;

function cellsOf({ number, problems }: OverviewRow, report: Report, names: Names): Cells[] {
  const [first] = problems;
  if (first === undefined) return [];
  const { primary, severity } = first;
  const clusters = [...new Set(problems.flatMap((problem) => problem.primary.clusters))].map(names.cluster);
  const folded = problems.length > 1;
  const subjects = problems.slice(0, MOST_NAMED).map((problem) => names.subject(problem.primary.subject));
  const where = clusters.length === 0 ? '' : ` in ${plural(clusters.length, 'cluster')}`;
  return [
    {
      number: String(number),
      severity,
      kind: primary.kind === null ? '' : KIND_WORD[primary.kind],
      name: folded ? `×${problems.length}${where}` : (subjects[0] ?? ''),
      what: clauseOf(primary.rule, report),
      clusters: listed(clusters, 2),
      rule: inert(primary.rule),
      more: folded ? `${subjects.join(', ')}${problems.length > MOST_NAMED ? ', …' : ''}` : affected(primary.related),
    },
  ];
}

/** How wide each column is; 0 = there is no room for it. */
type Widths = Readonly<Record<'number' | 'name' | 'what' | 'clusters' | 'rule' | 'more', number>>;

const GAP = 2;
/** So much of what is wrong stays, whatever else would find room. */
const LEAST_WHAT = 44;
const MOST_OF_NAME = 0.36;

function widthsOf(cells: readonly Cells[], columns: number): Widths {
  const widest = (of: (one: Cells) => string): number => cells.reduce((most, one) => Math.max(most, columnsOf(of(one))), 0);
  const number = widest((one) => one.number);
  const name = Math.min(
    widest((one) => one.name),
    Math.floor(columns * MOST_OF_NAME),
  );
  let room = columns - number - 1 - SEVERITY_WIDTH - 1 - KIND_WIDTH - 1 - name - GAP;
  const clusters = widest((one) => one.clusters);
  const hasClusters = clusters > 0 && room >= LEAST_WHAT + GAP + clusters;
  if (hasClusters) room -= GAP + clusters;
  const what = Math.max(
    0,
    Math.min(
      widest((one) => one.what),
      room,
    ),
  );
  room -= what;
  const rule = widest((one) => one.rule);
  const hasRule = room >= GAP + rule;
  if (hasRule) room -= GAP + rule;
  const more = Math.min(
    widest((one) => one.more),
    room - GAP,
  );
  return { number, name, what, clusters: hasClusters ? clusters : 0, rule: hasRule ? rule : 0, more: more >= 20 ? more : 0 };
}

/** The rows as lines, each within the columns. */
export function rowLines(
  rows: readonly OverviewRow[],
  report: Report,
  names: Names,
  { paint, columns, links }: { readonly paint: Paint; readonly columns: number; readonly links: boolean },
): readonly string[] {
  const cells = rows.flatMap((row) => cellsOf(row, report, names));
  const widths = widthsOf(cells, columns);
  const cell = (text: string, width: number): string => (width === 0 ? '' : `${' '.repeat(GAP)}${column(text, width)}`);
  return cells.map((one) => {
    const severity = SEVERITY_WORD[one.severity];
    const badge = `${severityPaint(paint)[one.severity](severity)}${' '.repeat(SEVERITY_WIDTH - severity.length)}`;
    const rule = widths.rule === 0 ? '' : `${' '.repeat(GAP)}${linked(paint.dim(one.rule), report.texts[one.rule]?.references[0], links)}`;
    const afterRule =
      widths.more === 0 || one.more === ''
        ? ''
        : `${' '.repeat(Math.max(0, widths.rule - columnsOf(one.rule)))}${cell(cut(one.more, widths.more), widths.more)}`;
    const left = `${one.number.padStart(widths.number)} ${badge} ${one.kind.padEnd(KIND_WIDTH)} ${paint.bold(column(one.name, widths.name))}`;
    return `${left}${cell(one.what, widths.what)}${cell(one.clusters, widths.clusters)}${rule}${afterRule}`.trimEnd();
  });
}
