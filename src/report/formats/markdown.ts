import { plural } from '../../lib/plural.js';
import type { Finding } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { namesOf, type Names } from '../layout/names.js';
import { accountInWords, lookedAtInWords, timeInWords, titleOf } from '../layout/phrases.js';
import { longestFitting } from '../layout/truncate-bytes.js';
import { evidenceInWords } from '../parts/evidence.js';
import { KIND_WORD } from '../parts/overview-rows.js';
import { gravestOf, loudlySuppressed, problemsOf, toldInWords, type ToldProblem } from '../parts/problems.js';
import { suppressedInWords } from '../parts/silence-lines.js';
import { nothingInWords } from '../screens/text.js';
import { fixInWords, plainCommands } from './finding-words.js';
import { code, codeBlock, prose } from './inert-markdown.js';
import { isIncomplete, limitsOf, type Limit } from './limits.js';

/** What a comment or an issue of GitHub takes, in characters: "Body is too long (maximum is 65536 characters)". */
const LIMIT = 65_536;
/** So much of it for what comes before the details, and for the notes of what was cut. */
const [FOR_TABLE, FOR_NOTES] = [24_000, 400];
const [MOST_LIMITS, MOST_SUPPRESSED, MOST_EVIDENCE] = [10, 10, 12];
/** What was not scanned ends with what to do, which is to be copied whole. */
const LONGEST_LIMIT = 1_000;
/** A command with a longer document is taken from the JSON. */
const LONGEST_COMMAND = 4_000;

const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, { length }) => sum + length + 1, 0);

/** The first items of a list, and how many more there are. */
function some<T>(items: readonly T[], most: number, line: (item: T) => string): string[] {
  const more = items.length - most;
  return [...items.slice(0, most).map(line), ...(more > 0 ? [`- and ${more} more`] : [])];
}

function limitLines(limits: readonly Limit[], heading: string): string[] {
  return limits.length === 0 ? [] : [heading, '', ...some(limits, MOST_LIMITS, ({ message }) => `- ${prose(message, LONGEST_LIMIT)}`), ''];
}

function headLines(report: Report, problems: readonly ToldProblem[]): string[] {
  const limits = limitsOf(report);
  const silent = loudlySuppressed(report);
  const names = namesOf(report);
  return [
    `## irsa-auditor: ${toldInWords(problems, report, nothingInWords(report))}`,
    '',
    `${code(accountInWords(report))}, scanned ${prose(lookedAtInWords(report.coverage))}, ${prose(timeInWords(report.generatedAt))}`,
    '',
    ...limitLines(limits.filter(isIncomplete), '**Partial scan: some checks were skipped; missing findings do not mean OK.**'),
    ...limitLines(
      limits.filter((limit) => !isIncomplete(limit)),
      'Not in this report:',
    ),
    ...(silent.length === 0
      ? []
      : [
          'Suppressed, and severe:',
          '',
          ...some(silent, MOST_SUPPRESSED, ({ severity, rule, subject, suppressed }) => {
            const why = suppressed === null ? '' : ` ${prose(suppressedInWords(suppressed))}`;
            return `- ${severity}: ${prose(titleOf(rule, report))}, ${code(names.place(subject))}.${why}`;
          }),
          '',
        ]),
  ];
}

const wordOf = ({ kind }: Finding): string => (kind === null ? '' : KIND_WORD[kind]);

function rowOf(problem: ToldProblem, number: number, report: Report, names: Names): string {
  const finding = gravestOf(problem);
  const title = prose(titleOf(finding.rule, report), 120);
  return `| ${number} | ${problem.severity} | ${wordOf(finding)} | ${code(names.place(finding.subject), 160)} | ${title} |`;
}

function findingLines(finding: Finding, names: Names): string[] {
  const { subject, message, error, evidence, confidence, fingerprint, status, firstSeen } = finding;
  const facts = evidence.flatMap(evidenceInWords);
  const commands = plainCommands(finding).filter(({ length }) => length <= LONGEST_COMMAND);
  const cut = plainCommands(finding).length - commands.length;
  return [
    `- ${prose(names.sentence(message))}`,
    `- Subject: ${code(`${subject.type} ${subject.arn ?? names.place(subject)}`)} (${confidence})`,
    ...(error === null ? [] : [`- Error: ${code(error)}`]),
    ...some(facts, MOST_EVIDENCE, (fact) => `- Evidence: ${code(fact)}`),
    ...fixInWords(finding).map((line) => `- Fix: ${prose(names.sentence(line))}`),
    `- ${status}, first seen ${prose(timeInWords(firstSeen))}, fingerprint ${code(fingerprint)}`,
    '',
    ...codeBlock(commands),
    ...(cut > 0 ? [`${plural(cut, 'longer command is', 'longer commands are')} in the report of --format json.`] : []),
    '',
  ];
}

/** One problem, folded. Between the tags of HTML no Markdown is read: only words that are plain stand there. */
function detailLines(problem: ToldProblem, number: number, report: Report, names: Names): string[] {
  const { rule } = gravestOf(problem);
  const title = [titleOf(rule, report), rule].find((words) => prose(words) === words) ?? 'details';
  return [
    `<details><summary>${number}. ${problem.severity}: ${title}</summary>`,
    '',
    ...[problem.primary, ...problem.coDefects].flatMap((finding) => findingLines(finding, names)),
    '</details>',
    '',
  ];
}

/**
 * A report as Markdown for a comment or an issue: counts, what was not scanned, one row a problem, and each in full under a fold. It
 * stays within what GitHub takes, and says how much was cut. What an account holds is in code spans, or in words that cannot act.
 */
export function renderMarkdown(report: Report): string {
  const names = namesOf(report);
  const problems = problemsOf(report);
  const head = headLines(report, problems);
  const rows = problems.map((problem, index) => rowOf(problem, index + 1, report, names));
  const shown = longestFitting(rows, (some) => lengthOf(some) <= FOR_TABLE);
  const left = rows.length - shown.length;
  const table = [
    ...(rows.length === 0 ? [] : ['| # | severity | kind | where | what |', '|---|---|---|---|---|', ...shown, '']),
    ...(left > 0
      ? [`${plural(left, 'more problem is', 'more problems are')} not in this table: \`irsa-auditor audit --format json\` has all.`, '']
      : []),
  ];
  const room = LIMIT - lengthOf([...head, ...table]) - FOR_NOTES;
  const details = problems.slice(0, shown.length).map((problem, index) => detailLines(problem, index + 1, report, names));
  const folded = longestFitting(details, (some) => lengthOf(some.flat()) <= room);
  const unfolded = problems.length - folded.length;
  const note =
    unfolded > 0 ? [`Details of ${plural(unfolded, 'problem')} are cut here: \`irsa-auditor show NUMBER\` has each in full.`, ''] : [];
  return [...head, ...table, ...folded.flat(), ...note].join('\n');
}
