import wrapAnsi from 'wrap-ansi';
import type { Finding } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { inert, isInert } from './inert.js';
import { countsInWords, countsOf, openGaps, problemsOf, type ToldProblem } from './problems.js';
import { evidenceInWords, familyInWords, grantsInWords, relatedInWords, subjectInWords, unreadInWords } from './words.js';

export interface EmailOptions {
  /** The most problems that are told in full; the others are counted. */
  readonly problems: number;
  /** Where the whole report is; null = not said. */
  readonly whereReport: string | null;
}

const COLUMNS = 72;
const MOST_GAPS = 10;
const RULER = '-'.repeat(COLUMNS);

const wrapped = (text: string, indent = 0): string[] => wrapAnsi(text, COLUMNS - indent, { trim: true }).split('\n').map((line) => `${' '.repeat(indent)}${line}`.trimEnd());

function gapLines(report: Report): string[] {
  const gaps = openGaps(report);
  if (report.complete) return [];
  const crashed = report.rules.filter((rule) => rule.crashed !== null);
  return [
    ...wrapped('INCOMPLETE: not everything could be read. What is not mentioned here is not proven to be in order.'),
    ...gaps.slice(0, MOST_GAPS).flatMap((gap) => {
      const { title, next, accept } = unreadInWords(gap);
      return [...wrapped(`* ${title}`, 2), ...(next === '' ? [] : wrapped(next, 4)), ...(accept === null ? [] : [`      ${accept}`])];
    }),
    ...(gaps.length > MOST_GAPS ? [`  * and ${gaps.length - MOST_GAPS} more`] : []),
    ...crashed.flatMap(({ id }) => wrapped(`* the rule ${inert(id)} crashed; please report it`, 2)),
    '',
  ];
}

function findingLines(finding: Finding): string[] {
  const { fix } = finding;
  return [
    ...wrapped(inert(finding.message)),
    ...(finding.error === null ? [] : wrapped(`People see: ${inert(finding.error)}`)),
    ...finding.evidence.flatMap(evidenceInWords).flatMap((line) => wrapped(line, 2)),
    ...(finding.related.length === 0 ? [] : ['Affected:', ...relatedInWords(finding.related).flatMap((line) => wrapped(line, 2))]),
    ...(fix === null ? [] : [...wrapped(`Repair: ${inert(fix.summary)}`), ...grantsInWords(finding).flatMap((line) => wrapped(line, 2))]),
  ];
}

function commandLines(findings: readonly Finding[]): string[] {
  const commands = [...new Set(findings.flatMap(({ fix }) => fix?.commands ?? []))];
  const undecided = findings.some(({ fix }) => fix !== null && fix.patches.length > 0 && fix.commands.length === 0);
  return [
    ...commands.flatMap((command) => ['', isInert(command) ? `  ${command}` : '  (a command with characters that cannot be shown; take it from the JSON report)']),
    ...(commands.length === 0 && undecided ? wrapped('No ready command: decide first who is meant to have this role.') : []),
  ];
}

function problemLines({ primary, coDefects, severity }: ToldProblem, number: number, report: Report): string[] {
  const title = (finding: Finding): string => inert(report.texts[finding.rule]?.title ?? finding.rule);
  return [
    RULER,
    ...wrapped(`${number}. ${severity.toUpperCase()}: ${title(primary)}`),
    ...wrapped(subjectInWords(primary)),
    ...wrapped(`Since ${primary.firstSeen}`),
    '',
    ...findingLines(primary),
    ...coDefects.flatMap((finding) => ['', ...wrapped(`Also (${finding.severity}): ${title(finding)}`), ...findingLines(finding)]),
    ...commandLines([primary, ...coDefects]),
    '',
  ];
}

/** The report as a plain mail of at most 72 columns: gaps, counts, then the worst problems with their repairs. */
export function renderEmail(report: Report, options: EmailOptions): string {
  const problems = problemsOf(report);
  const shown = problems.slice(0, options.problems);
  const { coverage } = report;
  const lines = [
    ...wrapped(`irsa-auditor, account ${inert(report.account)}, ${inert(report.generatedAt)}`),
    ...wrapped(`${countsInWords(countsOf(problems))}${report.complete ? '' : ', and the audit is incomplete'}`),
    '',
    ...gapLines(report),
    ...wrapped(`Looked at ${coverage.clusters} clusters, ${coverage.providers} OIDC providers and ${coverage.roles} roles in ${coverage.regions.length} regions.`),
    ...(coverage.notLookedAt.length === 0 ? [] : wrapped(`Not looked at: ${coverage.notLookedAt.map(familyInWords).join(', ')}.`)),
    ...(problems.length === 0 && report.complete ? ['Everything that was looked at is in order.'] : []),
    '',
    ...shown.flatMap((problem, index) => problemLines(problem, index + 1, report)),
    ...(shown.length < problems.length ? [RULER, ...wrapped(`${problems.length - shown.length} more problems are not told in this mail: ${countsInWords(countsOf(problems.slice(shown.length)))}.`)] : []),
    ...(options.whereReport === null ? [] : wrapped(`The whole report: ${inert(options.whereReport)}`)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
