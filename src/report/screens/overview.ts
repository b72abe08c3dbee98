import pc from 'picocolors';
import { inert } from '../../lib/escape-text.js';
import { plural } from '../../lib/plural.js';
import type { Kind } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { cut, firstFitting } from '../layout/fit-line.js';
import { gapLine } from '../parts/gap-line.js';
import { carriedOverLine } from '../parts/news-lines.js';
import { namesOf } from '../layout/names.js';
import { TextPage } from '../layout/terminal-layout.js';
import { byCluster, clusterLine, clusterTable } from '../parts/overview-clusters.js';
import { KIND_WORD, rowLines, rowsOf, type OverviewRow } from '../parts/overview-rows.js';
import { warningPaint, type Paint } from '../layout/paint.js';
import { allClear, countsInWords, countsOf, loudlySuppressed, problemsOf, type ToldProblem } from '../parts/problems.js';
import { nothingInWords, writeGaps, writeNotEvaluated } from './text.js';
import { selectionInWords } from '../layout/phrases.js';
import { accountInWords, clustersInWords, familyInWords, timeInWords } from '../layout/phrases.js';

export interface OverviewOptions {
  readonly color: boolean;
  /** Columns to stay within; null = as wide as it comes, and no line is cut. */
  readonly width: number | null;
  /** Rows of the terminal; null = not known. */
  readonly rows: number | null;
  /** Whether words may have an address to open. */
  readonly links: boolean;
  /** Whether each read without an answer is listed, with what to do. */
  readonly verbose: boolean;
  /** The command that prints every problem in full. */
  readonly all: string;
  /** The command that leads on to the problem of this number. */
  readonly next: (number: number) => string;
}

/** Rows of a terminal whose size is not known, and lines beside the problems. */
const [USUAL_ROWS, OTHER_LINES] = [24, 6];
/** More than this nobody reads on a screen: what is left is counted. */
const MOST_ROWS = 52;

function headLine(report: Report, columns: number): string {
  const { coverage, generatedAt } = report;
  const scanned = `${plural(coverage.regions.length, 'region')}, ${clustersInWords(coverage)}`;
  const parts = [accountInWords(report), scanned, timeInWords(generatedAt)];
  return firstFitting([parts.join('  '), parts.slice(0, 2).join('  ')], columns);
}

/** What a reader has to know of what the report does not hold. */
function remarks(report: Report, problems: readonly ToldProblem[], columns: number): string[] {
  const { coverage, findings, selection } = report;
  const lines: string[] = [];
  if (selection !== undefined) lines.push(cut(selectionInWords(selection), columns));
  const unasked = coverage.notLookedAt.map(familyInWords);
  if (unasked.length > 0) {
    const not = `Not scanned: ${unasked.join(', ')}`;
    const ways =
      coverage.serviceAccounts === null ? [`${not}. Add --kubernetes: most of what breaks is there.`, `${not} (add --kubernetes)`] : [not];
    lines.push(firstFitting(ways, columns));
  }
  if (coverage.clusters === 0 && !coverage.unread.some(({ what }) => what === 'eks:ListClusters'))
    lines.push(
      cut(`No EKS clusters in ${plural(coverage.regions.length, 'region')} of this account. Wrong account, profile or region?`, columns),
    );
  const accepted = coverage.unread.filter((gap) => gap.accepted);
  if (accepted.length > 0)
    lines.push(
      cut(
        `Accepted as not scanned: ${[...new Set(accepted.map(({ scope, what }) => inert(scope === 'account' ? what : scope)))].join(', ')}`,
        columns,
      ),
    );
  const suppressed = findings.filter((finding) => finding.suppressed !== null).length;
  const loud = loudlySuppressed(report);
  if (suppressed > 0)
    lines.push(cut(`Suppressed: ${suppressed}${loud.length === 0 ? '' : ` (${countsInWords(countsOf(loud))})`}`, columns));
  lines.push(...carriedOverLine(report, Number.MAX_SAFE_INTEGER).map((line) => cut(line, columns)));
  if (!report.complete && problems.length === 0) {
    const words = nothingInWords(report);
    lines.push(cut(`${words.charAt(0).toUpperCase()}${words.slice(1)}.`, columns));
  }
  return lines;
}

function totalsLine(problems: readonly ToldProblem[], columns: number): string {
  const verified = problems.filter(({ primary }) => primary.fix?.verified === true).length;
  const counts = countsInWords(countsOf(problems));
  const kinds = (['exposure', 'break', 'hygiene'] as const satisfies readonly Kind[]).flatMap((kind) => {
    const some = problems.filter(({ primary }) => primary.kind === kind).length;
    return some === 0 ? [] : [`${some} ${KIND_WORD[kind]}`];
  });
  const fixes = `${verified} of ${problems.length} ${problems.length === 1 ? 'has' : 'have'} a verified fix`;
  return firstFitting([`${counts} (${kinds.join(', ')}); ${fixes}`, `${counts}; ${fixes}`, counts], columns);
}

/** What was not scanned: one line, or each read by itself. */
function gapLines(report: Report, columns: number, verbose: boolean, paint: Paint): string[] {
  const line = gapLine(report, columns);
  if (line === null) return [];
  if (!verbose) return [warningPaint(paint)(line)];
  const page = new TextPage(columns);
  writeGaps(page, report, paint);
  writeNotEvaluated(page, report);
  return page.toString().trimEnd().split('\n');
}

/** The first problem with a command that is proven; else the first. */
function nextNumber(problems: readonly ToldProblem[]): number {
  const ready = problems.findIndex(({ primary: { fix } }) => fix !== null && fix.verified && fix.commands.length > 0);
  return ready === -1 ? 1 : ready + 1;
}

function cutRows(
  rows: readonly OverviewRow[],
  room: number,
): { readonly shown: readonly OverviewRow[]; readonly left: readonly OverviewRow[] } {
  return rows.length <= room ? { shown: rows, left: [] } : { shown: rows.slice(0, room - 1), left: rows.slice(room - 1) };
}

/**
 * The first screen of an audit: what was scanned, what was not, and one line for each problem, worst first. Never more lines than
 * anybody reads; what leads further is last.
 */
export function renderOverview(report: Report, options: OverviewOptions): string {
  const { width, links, all, next } = options;
  const paint = pc.createColors(options.color);
  const columns = width === null ? Number.MAX_SAFE_INTEGER : Math.max(40, width);
  const problems = problemsOf(report);
  const names = namesOf(report);
  const head = [paint.bold(headLine(report, columns)), ...gapLines(report, columns, options.verbose, paint)];
  const said = remarks(report, problems, columns);
  if (problems.length === 0) {
    const clear = allClear(report);
    return `${[...head, ...said, ...(clear === null ? [] : [`${paint.green('✓')} nothing found: ${clear}`])].join('\n')}\n`;
  }
  const room = Math.max(18, (options.rows ?? USUAL_ROWS) - OTHER_LINES);
  const { shown, left } = cutRows(rowsOf(problems, room), MOST_ROWS);
  const clusters = byCluster(problems, names);
  const tail = left.flatMap((row) => row.problems);
  const lines = rowLines(shown, report, names, { paint, columns, links });
  const more = tail.length === 0 ? [] : [cut(`… and ${tail.length} more of ${plural(left.length, 'rule')}: ${all}`, columns)];
  const last = [paint.bold(totalsLine(problems, columns)), `Next: ${next(nextNumber(problems))}`];
  const table = clusterTable(clusters, problems, columns, paint);
  const free = (options.rows ?? 0) - 1 - head.length - said.length - lines.length - more.length - last.length;
  const middle = free >= table.length + 2 ? ['', ...table, ''] : [clusterLine(clusters, columns)];
  return `${[...head, ...said, ...middle, ...lines, ...more, ...last].join('\n')}\n`;
}
