import pc from 'picocolors';
import { listed } from '../../lib/list-in-words.js';
import type { Finding } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { writeCommands, type Shell } from '../parts/command-lines.js';
import { inert } from '../../lib/escape-text.js';
import { plural } from '../../lib/plural.js';
import { carriedOverLine, sinceLine } from '../parts/news-lines.js';
import { evidenceInWords } from '../parts/evidence.js';
import { writeGrants } from '../repair/fix-lines.js';
import { managedInWords } from '../repair/fix-parts.js';
import { namesOf, type Names } from '../layout/names.js';
import { grantCommand } from '../layout/next-steps.js';
import { TextPage } from '../layout/terminal-layout.js';
import { severityPaint, warningPaint, type Paint } from '../layout/paint.js';
import { standingAlone } from '../layout/paragraph.js';
import { allClear, loudlySuppressed, openGaps, problemsOf, toldInWords, type ToldProblem } from '../parts/problems.js';
import { suppressedInWords, tagInWords } from '../parts/silence-lines.js';
import {
  accountInWords,
  familyInWords,
  incompleteInWords,
  lookedAtInWords,
  noCommandInWords,
  relatedInWords,
  selectionInWords,
  subjectInWords,
  titleOf,
  unreadInWords,
} from '../layout/phrases.js';

export interface TextOptions {
  readonly color: boolean;
  /** Columns to stay within; null = nothing is broken, as for a file or a pipe. Commands never are, so that they can be copied. */
  readonly width: number | null;
  /** The shell that commands are for; POSIX where none is named. */
  readonly shell?: Shell;
  /** The command that shows the problem of this fingerprint; absent = there is none, for the report is not remembered. */
  readonly shows?: ((fingerprint: string) => string) | undefined;
}

const MOST_CLUSTERS = 3;

interface Style extends Pick<TextOptions, 'shows'> {
  readonly paint: Paint;
  readonly shell: Shell;
  readonly report: Report;
  readonly names: Names;
}

/** Every read without an answer: what it was, why, and what to do. */
export function writeGaps(page: TextPage, report: Report, paint: Paint): void {
  const gaps = openGaps(report);
  const crashed = report.rules.filter((rule) => rule.crashed !== null);
  if (report.complete) return;
  page.text(warningPaint(paint)(`${incompleteInWords(report)} What is not mentioned below is not proven to be in order.`));
  for (const gap of gaps) {
    const { title, detail, next, accept } = unreadInWords(gap);
    page.text(`- ${title}`, 2);
    page.text(paint.dim(standingAlone(detail)), 4);
    if (next !== '') page.text(next, 4);
    if (accept !== null) page.verbatim(accept.option, 6);
  }
  for (const rule of crashed) page.text(`- the rule ${inert(rule.id)} crashed (${inert(rule.crashed ?? '')}); please report it`, 2);
  page.blank();
}

/** What is said where nothing was found: what nobody could look for comes first. */
export function nothingInWords({ complete, rules }: Report): string {
  const unjudged = rules.filter(({ notEvaluated }) => notEvaluated.some(({ reason }) => reason !== 'not-requested')).length;
  if (complete) return 'nothing found';
  return unjudged === 0
    ? 'nothing found in what could be scanned'
    : `${unjudged} of ${plural(rules.length, 'rule')} could not check everything; nothing found in the rest`;
}

function writeSummary(page: TextPage, report: Report, problems: readonly ToldProblem[], paint: Paint): void {
  const { coverage } = report;
  page.text(paint.bold(`${accountInWords(report)}: ${toldInWords(problems, report, nothingInWords(report))}`));
  if (report.selection !== undefined) page.text(selectionInWords(report.selection));
  page.text(`Scanned ${lookedAtInWords(coverage)}.`);
  if (coverage.notLookedAt.length > 0)
    page.text(`Not scanned: ${coverage.notLookedAt.map(familyInWords).join(', ')} (what only they show is not in this report).`);
  const accepted = coverage.unread.filter((gap) => gap.accepted);
  if (accepted.length > 0)
    page.text(
      `Accepted as unread: ${accepted.map(({ scope, what, acceptedBecause }) => inert(`${scope === 'account' ? what : scope} (${acceptedBecause ?? ''})`)).join(', ')}.`,
    );
  const suppressed = report.findings.filter((finding) => finding.suppressed !== null).length;
  if (suppressed > 0) page.text(`Suppressed: ${suppressed}.`);
  for (const line of carriedOverLine(report, Number.MAX_SAFE_INTEGER)) page.text(line);
  page.blank();
}

function writeFinding(page: TextPage, finding: Finding, { paint, names }: Style): void {
  page.text(standingAlone(names.sentence(finding.message)), 2);
  const tag = tagInWords(finding);
  if (tag !== null) page.text(paint.magenta(tag), 2);
  if (finding.error !== null) page.labeled('Error:      ', [paint.italic(names.sentence(finding.error))], paint.dim);
  const evidence = finding.evidence.flatMap(evidenceInWords);
  if (evidence.length > 0) page.labeled('Evidence:   ', evidence, paint.dim);
  if (finding.related.length > 0) page.labeled('Affected:   ', relatedInWords(finding.related, names), paint.dim);
}

function writeFix(page: TextPage, finding: Finding, shown: Set<string>, { paint, shell, report, names, shows }: Style): void {
  const { fix } = finding;
  if (fix === null) return;
  const there = managedInWords(fix, names);
  if (there.length > 0) page.labeled('Change it there first: ', there, paint.bold);
  page.labeled('Fix:        ', [names.sentence(fix.summary)], paint.bold);
  writeGrants(page, { ...finding, fix }, { paint, names, mostGrants: Number.MAX_SAFE_INTEGER });
  const fresh = fix.commands.filter((command) => !shown.has(command));
  for (const command of fresh) shown.add(command);
  writeCommands(page, fresh, paint, shell);
  if (fix.commands.length > 0 && fresh.length === 0) page.text('(the command above repairs this too)', 4);
  const none = noCommandInWords([fix], '--format json');
  if (none !== null) page.text(none, 4);
  const grant = shows === undefined ? null : grantCommand(finding, report, shows(finding.problem.slice(0, 12)));
  if (grant !== null) page.verbatim(`Next: ${grant}`, 4);
}

/** What it is about, by its own name, and the clusters that it is of. */
function placeOf(finding: Finding, { names }: Style): string {
  const { subject, clusters } = finding;
  const where = subject.region === null && clusters.length > 0 ? ` (${listed(clusters.map(names.cluster), MOST_CLUSTERS)})` : '';
  return `${subjectInWords(finding)}${where}`;
}

function writeProblem(page: TextPage, { primary, coDefects, severity }: ToldProblem, style: Style): void {
  const { paint, report } = style;
  const shown = new Set<string>();
  page.text(`${severityPaint(paint)[severity](severity.toUpperCase())} ${paint.bold(titleOf(primary.rule, report))}`);
  page.text(placeOf(primary, style), 2);
  if (primary.status !== 'new' || primary.suppressionEnded !== null) page.text(paint.dim(sinceLine(primary, undefined)), 2);
  writeFinding(page, primary, style);
  writeFix(page, primary, shown, style);
  for (const finding of coDefects) {
    page.blank();
    page.text(
      `${paint.bold(`Also: ${titleOf(finding.rule, report)}`)} (${finding.severity}${finding.subject.id === primary.subject.id ? '' : `, ${subjectInWords(finding)}`})`,
      2,
    );
    writeFinding(page, finding, style);
    writeFix(page, finding, shown, style);
  }
  page.text(paint.dim(`${inert(primary.rule)}, ${primary.confidence}, ${primary.fingerprint.slice(0, 12)}`), 2);
  page.blank();
}

/** What is high or critical is named though nobody is to hear of it: silence must not be taken for order. */
function writeSuppressed(page: TextPage, report: Report, paint: Paint): void {
  const findings = loudlySuppressed(report);
  if (findings.length === 0) return;
  page.text(paint.bold('Suppressed, high or critical:'));
  for (const finding of findings) {
    page.text(`- ${finding.severity}: ${titleOf(finding.rule, report)} (${inert(finding.rule)})`, 2);
    page.text(paint.dim(subjectInWords(finding)), 4);
    if (finding.suppressed !== null) page.text(suppressedInWords(finding.suppressed), 4);
  }
  page.blank();
}

/** Why a rule did not judge something, where it is not that it was not read. */
const NOT_JUDGED: Readonly<Record<string, string>> = {
  'out-of-time': 'it timed out',
  'too-involved': 'it is too involved to be decided',
};
const NOT_READ = 'it was not read';
const MOST_SCOPES = 8;

/** How much could not be judged, and why, as sentences. */
export function notEvaluatedLines({ rules }: Pick<Report, 'rules'>): readonly string[] {
  // What nobody asked for is told once above; here stands what a gap kept from being judged.
  const gaps = rules.flatMap(({ id, notEvaluated }) =>
    notEvaluated
      .filter(({ reason }) => reason !== 'not-requested')
      .map(({ scope, reason }) => ({ id, scope, why: NOT_JUDGED[reason] ?? NOT_READ })),
  );
  return [NOT_READ, ...Object.values(NOT_JUDGED)].flatMap((why) => {
    const some = gaps.filter((gap) => gap.why === why);
    if (some.length === 0) return [];
    const scopes = [...new Set(some.map(({ scope }) => scope))];
    return [
      `${new Set(some.map(({ id }) => id)).size} of ${rules.length} rules could not judge everything, because ${why}: ${inert(listed(scopes, MOST_SCOPES))}.`,
    ];
  });
}

/** How much could not be judged for what was not read. */
export function writeNotEvaluated(page: TextPage, report: Report): void {
  for (const line of notEvaluatedLines(report)) page.text(line);
}

/** The report for a person at a terminal: gaps first, then a summary, then the problems, worst first. */
export function renderText(report: Report, options: TextOptions): string {
  const paint = pc.createColors(options.color);
  const page = new TextPage(options.width);
  const problems = problemsOf(report);
  writeGaps(page, report, paint);
  writeSummary(page, report, problems, paint);
  const style: Style = { paint, shell: options.shell ?? 'posix', report, names: namesOf(report), shows: options.shows };
  for (const problem of problems) writeProblem(page, problem, style);
  writeSuppressed(page, report, paint);
  const clear = allClear(report);
  if (clear !== null) page.text(paint.bold(clear));
  writeNotEvaluated(page, report);
  return page.toString();
}
