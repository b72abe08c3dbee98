import type { Finding, Severity } from '../model/finding.js';
import type { ChangedProblem, News } from '../model/news.js';
import type { Report } from '../model/report.js';
import { inert, isInert } from '../lib/inert.js';
import { paragraphLines, standingAlone } from './paragraph.js';
import { carriedOverLine, gapsOverLines, resolvedSection, sinceLine, stillOpenSection, upgradeSection } from './news-lines.js';
import { silencedSection, suppressedSection, tagInWords, tagsSection, turnedDownSection } from './silence-lines.js';
import { allClear, countsInWords, countsOf, type ToldProblem } from './problems.js';
import { gapsOf, toldOf, type Told } from './told.js';
import {
  evidenceInWords,
  familyInWords,
  grantsInWords,
  incompleteInWords,
  lookedAtInWords,
  noCommandInWords,
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
  /** What the reader does not know yet; null = everything is told, as to somebody who asks for it. */
  readonly news: News | null;
  /** Where the whole report is; null = not said. */
  readonly whereReport: string | null;
}

const COLUMNS = 72;
const MOST_GAPS = 10;
const MOST_NAMED = 3;
const MOST_CRASHES = 5;
const RULER = '-'.repeat(COLUMNS);

/** Everything about one problem is indented: what stands at the first column is ours. */
const wrapped = (text: string, indent = 0): string[] => paragraphLines(text, COLUMNS, indent, indent + 2);
const told = (text: string, indent: number): string[] => paragraphLines(standingAlone(inert(text)), COLUMNS, indent);

/** The first few of the reads that are still unanswered. */
function placesInWords(gaps: Report['coverage']['unread']): string {
  const names = gaps.slice(0, MOST_NAMED).map(({ what, scope }) => inert(scope === 'account' ? what : `${what} in ${scope}`));
  return [...names, ...(gaps.length > MOST_NAMED ? [`and ${gaps.length - MOST_NAMED} more`] : [])].join(', ');
}

function gapLines(report: Report, news: News | null): string[] {
  if (report.complete) return [];
  const { begun: gaps, old } = gapsOf(report, news);
  const crashed = report.rules.filter((rule) => rule.crashed !== null);
  return [
    ...paragraphLines(`${incompleteInWords(report)} What is not mentioned here is not proven to be in order.`, COLUMNS, 0),
    ...(old.length === 0 ? [] : wrapped(`* still without an answer, as told before: ${placesInWords(old)}`, 2)),
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
  const tag = tagInWords(finding);
  return [
    ...told(finding.message, 2),
    ...(tag === null ? [] : wrapped(tag, 2)),
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
  const none = noCommandInWords(
    findings.map(({ fix }) => fix),
    'the JSON report',
  );
  return [
    ...commands.flatMap((command) => [
      '',
      isInert(command) ? `    $ ${command}` : '    (a command with characters that cannot be shown; take it from the JSON report)',
    ]),
    ...(none === null ? [] : wrapped(none, 2)),
  ];
}

/** What is not ours to indent stands below a ruler. */
const ruled = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : [RULER, ...lines]);

/** How a problem differs from what the reader knows, as a word beside its severity. */
const WORD_OF = { new: ', new', reopened: ', back again', worse: ', worse' } as const;

function problemLines(
  { primary, coDefects, severity }: ToldProblem,
  number: number,
  report: Report,
  change: ChangedProblem | undefined,
): string[] {
  const title = (finding: Finding): string => inert(report.texts[finding.rule]?.title ?? finding.rule);
  return [
    RULER,
    ...wrapped(`${number}. ${severity.toUpperCase()}${change === undefined ? '' : WORD_OF[change.kind]}: ${title(primary)}`),
    ...wrapped(subjectInWords(primary), 2),
    ...wrapped(sinceLine(primary, change), 2),
    '',
    ...findingLines(primary),
    ...coDefects.flatMap((finding) => ['', ...wrapped(`Also (${finding.severity}): ${title(finding)}`, 2), ...findingLines(finding)]),
    ...commandLines([primary, ...coDefects]),
    '',
    `  Rule: ${inert(primary.rule)} (docs/rules/${inert(primary.rule)}.md)`,
    '',
  ];
}

function beginning(news: News | null): string[] {
  if (news?.first !== true) return [];
  if (news.setAside === null) return wrapped('This is the first audit. From now on you hear of what changes.');
  const what = `The memory of earlier audits cannot be used: ${inert(news.setAside)}.`;
  return wrapped(`${what} It is kept aside in the bucket, and everything is reported again, as by a first audit.`);
}

/** What stands below the problems. */
function afterwards(report: Report, news: News | null, told: Told): string[] {
  const later = news !== null && !news.first ? news : null;
  return [
    ...(news === null ? [] : [...turnedDownSection(news, COLUMNS), ...silencedSection(news, COLUMNS), ...tagsSection(news, COLUMNS)]),
    ...(later === null
      ? []
      : [
          ...resolvedSection(later, COLUMNS),
          ...upgradeSection(later, told, report, COLUMNS),
          ...(later.reminder ? stillOpenSection(told, report, later, COLUMNS) : []),
        ]),
    ...suppressedSection(report, news, COLUMNS),
  ];
}

/** The report as a plain mail of at most 72 columns: what happened, gaps, then the worst problems with their repairs. */
export function renderEmail(report: Report, options: EmailOptions): string {
  const { news, threshold } = options;
  const told = toldOf(report, news, threshold);
  const { problems, belowThreshold } = told;
  const shown = problems.slice(0, options.problems);
  const cut = problems.slice(shown.length);
  const clear = allClear(report);
  const { notLookedAt } = report.coverage;
  const suppressed = report.findings.filter((finding) => finding.suppressed !== null).length;
  const later = news !== null && !news.first ? news : null;
  const lines = [
    ...wrapped(`Account ${inert(report.account)}: ${told.headline}${report.complete ? '' : '; the audit is INCOMPLETE'}`),
    `irsa-auditor, ${timeInWords(report.generatedAt)}`,
    '',
    ...gapLines(report, news),
    ...(later === null ? [] : gapsOverLines(later, COLUMNS)),
    ...wrapped(`Looked at ${lookedAtInWords(report.coverage)}.`),
    ...(notLookedAt.length === 0 ? [] : wrapped(`Not looked at: ${notLookedAt.map(familyInWords).join(', ')}.`)),
    ...(belowThreshold.length === 0
      ? []
      : wrapped(`Below severity ${threshold} and not told here: ${countsInWords(countsOf(belowThreshold))}.`)),
    ...(suppressed === 0 ? [] : [`Suppressed: ${suppressed}.`]),
    ...(later === null ? carriedOverLine(report, COLUMNS) : stillOpenSection(told, report, { ...later, reminder: false }, COLUMNS)),
    ...(clear === null ? [] : wrapped(clear)),
    ...beginning(news),
    '',
    ...shown.flatMap((problem, index) => problemLines(problem, index + 1, report, later?.changed[problem.primary.problem])),
    ...(cut.length === 0
      ? []
      : [
          RULER,
          ...wrapped(`${shown.length === 0 ? '' : 'The worst are above. '}Not told in this mail: ${countsInWords(countsOf(cut))}.`),
          '',
        ]),
    ...ruled(afterwards(report, news, told)),
    ...(options.whereReport === null ? [] : wrapped(`The whole report: ${inert(options.whereReport)}`)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
