import type { Finding, Severity } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { isInert } from '../model/active-text.js';
import { inert } from './inert.js';
import { paragraphLines, standingAlone } from './paragraph.js';
import { allClear, countsInWords, countsOf, openGaps, splitAt, type ToldProblem } from './problems.js';
import {
  evidenceInWords,
  familyInWords,
  grantsInWords,
  lookedAtInWords,
  relatedInWords,
  subjectInWords,
  timeInWords,
  unreadInWords,
} from './words.js';

export interface EmailOptions {
  /** The lowest severity that is told; what is below is counted. */
  readonly threshold: Severity;
  /** The most problems that are told in full; the others are counted. */
  readonly problems: number;
  /** Where the whole report is; null = not said. */
  readonly whereReport: string | null;
}

const COLUMNS = 72;
const MOST_GAPS = 10;
const MOST_CRASHES = 5;
const RULER = '-'.repeat(COLUMNS);

/** Everything about one problem is indented: what stands at the first column is ours. */
const wrapped = (text: string, indent = 0): string[] => paragraphLines(text, COLUMNS, indent, indent + 2);
const told = (text: string, indent: number): string[] => paragraphLines(standingAlone(inert(text)), COLUMNS, indent);

function gapLines(report: Report): string[] {
  if (report.complete) return [];
  const gaps = openGaps(report);
  const crashed = report.rules.filter((rule) => rule.crashed !== null);
  return [
    ...paragraphLines('INCOMPLETE: not everything could be read. What is not mentioned here is not proven to be in order.', COLUMNS, 0),
    ...gaps.slice(0, MOST_GAPS).flatMap((gap) => {
      const { title, next, accept } = unreadInWords(gap);
      return [
        ...wrapped(`* ${title}`, 2),
        ...(next === '' ? [] : paragraphLines(next, COLUMNS, 4)),
        ...(accept === null
          ? []
          : [`      ${accept.option}`, '    or, in the acceptUnread setting of the stack:', `      ${accept.setting}`]),
      ];
    }),
    ...(gaps.length > MOST_GAPS ? [`  * and ${gaps.length - MOST_GAPS} more`] : []),
    ...crashed.slice(0, MOST_CRASHES).flatMap(({ id }) => wrapped(`* the rule ${inert(id)} crashed; please report it`, 2)),
    ...(crashed.length > MOST_CRASHES ? [`  * and ${crashed.length - MOST_CRASHES} more rules crashed`] : []),
    '',
  ];
}

function findingLines(finding: Finding): string[] {
  const { fix } = finding;
  return [
    ...told(finding.message, 2),
    ...(finding.error === null ? [] : wrapped(`People see: ${inert(finding.error)}`, 2)),
    ...finding.evidence.flatMap(evidenceInWords).flatMap((line) => wrapped(line, 4)),
    ...(finding.related.length === 0 ? [] : ['  Affected:', ...relatedInWords(finding.related).flatMap((line) => wrapped(line, 4))]),
    ...(fix === null
      ? []
      : [...wrapped(`Repair: ${inert(fix.summary)}`, 2), ...grantsInWords(finding).flatMap((line) => wrapped(line, 4))]),
  ];
}

function commandLines(findings: readonly Finding[]): string[] {
  const commands = [...new Set(findings.flatMap(({ fix }) => fix?.commands ?? []))];
  const undecided = findings.some(({ fix }) => fix !== null && fix.patches.length > 0 && fix.commands.length === 0);
  return [
    ...commands.flatMap((command) => [
      '',
      isInert(command) ? `    $ ${command}` : '    (a command with characters that cannot be shown; take it from the JSON report)',
    ]),
    ...(commands.length === 0 && undecided ? wrapped('No ready command: decide first who is meant to have this role.', 2) : []),
  ];
}

function problemLines({ primary, coDefects, severity }: ToldProblem, number: number, report: Report): string[] {
  const title = (finding: Finding): string => inert(report.texts[finding.rule]?.title ?? finding.rule);
  return [
    RULER,
    ...wrapped(`${number}. ${severity.toUpperCase()}: ${title(primary)}`),
    ...wrapped(subjectInWords(primary), 2),
    `  First seen ${timeInWords(primary.firstSeen)}`,
    '',
    ...findingLines(primary),
    ...coDefects.flatMap((finding) => ['', ...wrapped(`Also (${finding.severity}): ${title(finding)}`, 2), ...findingLines(finding)]),
    ...commandLines([primary, ...coDefects]),
    '',
  ];
}

/** The report as a plain mail of at most 72 columns: counts, gaps, then the worst problems with their repairs. */
export function renderEmail(report: Report, options: EmailOptions): string {
  const { told: problems, belowThreshold, headline } = splitAt(options.threshold, report);
  const shown = problems.slice(0, options.problems);
  const cut = problems.slice(shown.length);
  const clear = allClear(report);
  const { notLookedAt } = report.coverage;
  const suppressed = report.findings.filter((finding) => finding.suppressed !== null).length;
  const lines = [
    ...wrapped(`Account ${inert(report.account)}: ${headline}${report.complete ? '' : '; the audit is INCOMPLETE'}`),
    `irsa-auditor, ${timeInWords(report.generatedAt)}`,
    '',
    ...gapLines(report),
    ...wrapped(`Looked at ${lookedAtInWords(report.coverage)}.`),
    ...(notLookedAt.length === 0 ? [] : wrapped(`Not looked at: ${notLookedAt.map(familyInWords).join(', ')}.`)),
    ...(belowThreshold.length === 0
      ? []
      : wrapped(`Below severity ${options.threshold} and not told here: ${countsInWords(countsOf(belowThreshold))}.`)),
    ...(suppressed === 0 ? [] : [`Suppressed: ${suppressed}.`]),
    ...(clear === null ? [] : wrapped(clear)),
    '',
    ...shown.flatMap((problem, index) => problemLines(problem, index + 1, report)),
    ...(cut.length === 0
      ? []
      : [RULER, ...wrapped(`${shown.length === 0 ? '' : 'The worst are above. '}Not told in this mail: ${countsInWords(countsOf(cut))}.`)]),
    ...(options.whereReport === null ? [] : wrapped(`The whole report: ${inert(options.whereReport)}`)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
