import { groupBy } from '../../lib/group-by.js';
import { inert } from '../../lib/escape-text.js';
import { isPlainArgument } from '../../model/report/command.js';
import type { Kind, Severity } from '../../model/report/finding.js';
import type { News } from '../../model/report/report-changes.js';
import type { Report } from '../../model/report/report.js';
import { gapLine } from '../parts/gap-line.js';
import { COLUMNS, fitted } from '../layout/listing.js';
import { problemLines, type RowStyle } from './mail-rows.js';
import { namesOf, type Names } from '../layout/names.js';
import { carriedOverLine, fixedSection, gapsOverSection, stillOpenSection, upgradeSection, type MailLists } from '../parts/news-lines.js';
import { byCluster, clusterLine } from '../parts/overview-clusters.js';
import { KIND_WORD } from '../parts/overview-rows.js';
import { allClear, countsInWords, countsOf, gravestOf, type ToldProblem } from '../parts/problems.js';
import { silencedSection, suppressedSection, tagsSection, turnedDownSection } from '../parts/silence-lines.js';
import { gapsOf, type Told } from '../parts/select-problems.js';
import { acceptInWords, accountInWords, familyInWords, lookedAtInWords, timeInWords } from '../layout/phrases.js';

export interface EmailOptions {
  /** The lowest severity that is told; what is below is counted. */
  readonly threshold: Severity;
  /** What the reader does not know yet. */
  readonly news: News;
  /** What of the report this email tells. */
  readonly told: Told;
  /** Where the whole report is; null = not said. */
  readonly whereReport: string | null;
  /** The same as an address to open; null = there is none. */
  readonly reportLink: string | null;
  /** Where the pages of `docs` are published; null = a rule is explained by its first reference. */
  readonly docsBaseUrl: string | null;
}

/** Nobody reads more than 60 lines of an email, its subject and the line below that among them. */
const LINES = 58;

/** `2 exposed, 15 broken, 1 hygiene`. */
function kindsInWords(problems: readonly ToldProblem[]): string {
  const kinds = (['exposure', 'break', 'hygiene'] as const satisfies readonly Kind[]).flatMap((kind) => {
    const some = problems.filter((problem) => gravestOf(problem).kind === kind).length;
    return some === 0 ? [] : [`${some} ${KIND_WORD[kind]}`];
  });
  return kinds.join(', ');
}

/** What is open in all; the first email says its counts in its first line. */
function openLines(open: readonly ToldProblem[], { first }: News): string[] {
  if (open.length === 0) return [];
  const [counts, kinds] = [countsInWords(countsOf(open)), kindsInWords(open)];
  if (first) return kinds === '' ? [] : [kinds];
  return fitted(`Open: ${counts}${kinds === '' ? '' : ` (${kinds})`}`, { hang: 2 });
}

/** What was not scanned: what is new of it apart from what the reader knows. */
function gapLines(report: Report, news: News): string[] {
  if (report.complete) return [];
  const { begun, old } = gapsOf(report, news);
  const of = (unread: typeof begun, rules: Report['rules'], how: string): string[] => {
    if (unread.length === 0 && rules.every(({ crashed }) => crashed === null)) return [];
    const line = gapLine({ ...report, rules, coverage: { ...report.coverage, unread } }, 2 * COLUMNS - 10, '');
    return line === null ? [] : fitted(line.replace('Partial scan', `Partial scan${how}`), { hang: 2 });
  };
  const later = !news.first && old.length > 0;
  return [...of(begun, report.rules, later && begun.length > 0 ? ', new' : ''), ...of(old, [], ', as before'), ...acceptInWords(begun)];
}

function beginning({ first, setAside }: News): string[] {
  if (!first) return [];
  if (setAside === null) return ['This is the first audit; later emails say what changes.'];
  const what = `The memory of earlier audits cannot be used: ${inert(setAside)}.`;
  return fitted(`${what} It is kept aside in the bucket, and everything is reported again, as by a first audit.`, { most: 4 });
}

function headLines(report: Report, { news, told, threshold }: EmailOptions, names: Names): string[] {
  const open = [...told.problems, ...told.fromUpgrade, ...told.stillOpen];
  const clusters = byCluster(open, names);
  const clear = allClear(report);
  const { notLookedAt, unread } = report.coverage;
  const suppressed = report.findings.filter((finding) => finding.suppressed !== null).length;
  const accepted = [...new Set(unread.filter((gap) => gap.accepted).map(({ scope, what }) => (scope === 'account' ? what : scope)))];
  const left = [
    ...(told.belowThreshold.length === 0 ? [] : [`Below severity ${threshold}: ${countsInWords(countsOf(told.belowThreshold))}.`]),
    ...(suppressed === 0 ? [] : [`Suppressed: ${suppressed}.`]),
    ...(notLookedAt.length === 0 ? [] : [`Not scanned: ${notLookedAt.map(familyInWords).join(', ')}.`]),
    ...(accepted.length === 0 ? [] : [`Accepted as not scanned: ${accepted.map(inert).join(', ')}.`]),
  ];
  return [
    ...fitted(`${accountInWords(report)}: ${told.headline}${report.complete ? '' : ' (partial scan)'}`, { hang: 2, most: 3 }),
    ...fitted(`${timeInWords(report.generatedAt)}, scanned ${lookedAtInWords(report.coverage)}`, { hang: 2 }),
    ...openLines(open, news),
    ...(clusters.length < 2 ? [] : fitted(`By cluster: ${clusterLine(clusters, 2 * COLUMNS - 24)}`, { hang: 2 })),
    ...gapLines(report, news),
    ...(left.length === 0 ? [] : fitted(left.join(' '), { hang: 2 })),
    ...carriedOverLine(report, COLUMNS),
    ...(clear === null ? [] : fitted(clear)),
    ...beginning(news),
  ];
}

/** The lists beside the problems. What somebody may have done to silence the audit comes first. */
function sections({ news, told }: EmailOptions, lists: MailLists): string[] {
  return [
    ...turnedDownSection(news, lists),
    ...silencedSection(news, lists),
    ...tagsSection(news, lists),
    ...(news.first ? [] : [...fixedSection(news, lists), ...upgradeSection(news, told, lists)]),
    ...(news.first ? [] : [...stillOpenSection(told, news, lists), ...gapsOverSection(news, lists)]),
    ...suppressedSection(lists.report, news, lists),
  ];
}

/** How to have a problem no longer reported, ready to be pasted; nothing where its name is none that a settings file takes as it is. */
function muteLines(problem: ToldProblem | undefined): string[] {
  if (problem === undefined) return [];
  const { rule, subject } = gravestOf(problem);
  if (![rule, subject.id].every(isPlainArgument)) return [];
  return [
    'To accept a risk, add to irsa-auditor.yaml (irsa-auditor settings put):',
    '  suppressions:',
    `    - { rule: ${rule}, subject: '${subject.id}', reason: WHY, until: YYYY-MM-DD }`,
  ];
}

function footLines({ whereReport, reportLink, told, docsBaseUrl }: EmailOptions): string[] {
  const [first] = told.problems;
  return [
    ...(whereReport === null ? [] : fitted(`Full report: ${inert(whereReport)}`, { hang: 2 })),
    ...(reportLink === null ? [] : [`  ${reportLink}`]),
    ...muteLines(first),
    ...(first === undefined ? [] : [`Rules: irsa-auditor explain RULE${docsBaseUrl === null ? '' : `, or ${docsBaseUrl}/rules/RULE.md`}`]),
  ];
}

const ADDRESS = /^https:\/\/[\x21-\x7e]{1,200}$/;

/** Where each rule is explained, as far as there are lines left. */
function references({ texts }: Report, { told, docsBaseUrl }: EmailOptions, room: number): string[] {
  const rules = [...groupBy(told.problems, (problem) => gravestOf(problem).rule).keys()];
  const lines = rules.flatMap((rule) => {
    const address = docsBaseUrl === null ? texts[rule]?.references[0] : `${docsBaseUrl}/rules/${rule}.md`;
    return address !== undefined && ADDRESS.test(address) ? [`  ${inert(rule)}: ${address}`] : [];
  });
  return lines.slice(0, Math.max(0, room));
}

/** How much of each list is shown: the most that leaves room for the problems. */
const MOST_OF_LISTS = [5, 3, 2, 1] as const;
const LEAST_FOR_PROBLEMS = 24;

/** The lists beside the problems, the longest that leave room for these. */
function listsBeside(options: EmailOptions, of: Omit<MailLists, 'most'>, fits: (lists: readonly string[]) => boolean): readonly string[] {
  let lists: readonly string[] = [];
  for (const most of MOST_OF_LISTS) {
    lists = sections(options, { ...of, most });
    if (fits(lists)) break;
  }
  return lists;
}

/** The report as a plain email of at most 60 lines: what happened, what was not scanned, the worst problems with their fixes, and what else changed. */
export function renderEmail(report: Report, options: EmailOptions): string {
  const { news, told } = options;
  const names = namesOf(report);
  const style: RowStyle = { report, names, changeOf: ({ primary }) => (news.first ? null : (news.changed[primary.problem] ?? null)) };
  const head = headLines(report, options, names);
  const foot = footLines(options);
  const { most, within } = problemLines(told.problems, style);
  const roomBeside = (lists: readonly string[]): number => LINES - head.length - foot.length - lists.length - 2;
  const lists = listsBeside(options, { report, names }, (some) => roomBeside(some) >= Math.min(most, LEAST_FOR_PROBLEMS));
  const problems = within(Math.max(1, roomBeside(lists)));
  const body = [...head, '', ...problems, ...(problems.length === 0 ? [] : ['']), ...lists, ...foot];
  return `${[...body, ...references(report, options, LINES - body.length)].join('\n').trimEnd()}\n`;
}
