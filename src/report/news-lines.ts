import { plural } from '../lib/plural.js';
import { atLeast, type Finding, type Severity } from '../model/finding.js';
import type { ChangedProblem, NewsKind, News, Resolved, Upgrade } from '../model/news.js';
import type { CarriedOver, Report } from '../model/report.js';
import { inert } from '../lib/inert.js';
import { bullet, section, under } from './listing.js';
import { paragraphLines } from './paragraph.js';
import { countsInWords, countsOf, type ToldProblem } from './problems.js';
import { tagInWords } from './silence-lines.js';
import type { Told } from './told.js';
import { overInWords, placeInWords, subjectInWords, timeInWords } from './words.js';

/** The parts of a mail that tell of changes, in lines of at most `columns`. What there is too much of is counted. */

const titleOf = (finding: Finding, report: Report): string => inert(report.texts[finding.rule]?.title ?? finding.rule);

/** A problem by what weighs most in it: whoever annotates a service account could have a harmless finding lead a grave one. */
function oneLine({ primary, coDefects, severity }: ToldProblem, report: Report, columns: number, how = ''): string[] {
  const gravest = [primary, ...coDefects].find((finding) => finding.severity === severity) ?? primary;
  const tag = tagInWords(gravest);
  return [
    ...bullet(`${severity}${how}: ${titleOf(gravest, report)}`, columns),
    ...under(subjectInWords(gravest), columns),
    ...under(`First seen ${timeInWords(gravest.firstSeen)}.`, columns),
    ...(tag === null ? [] : under(tag, columns)),
  ];
}

function resolvedLines(
  { title, severity, subject, firstSeen, how, remaining }: Resolved,
  others: readonly Resolved[],
  columns: number,
): string[] {
  const besides = others.map((one) => inert(one.title));
  return [
    ...bullet(`${severity}: ${inert(title)}`, columns),
    ...under(placeInWords(subject), columns),
    ...under(`First seen ${timeInWords(firstSeen)}.${how === 'gone' ? ' It does not exist any more.' : ''}`, columns),
    ...(besides.length === 0 ? [] : under(`With it: ${besides.join('; ')}.`, columns)),
    ...(remaining.length === 0 ? [] : under(`Still wrong there: ${remaining.map(inert).join('; ')}.`, columns)),
  ];
}

/** What is gone, each problem once. */
export function resolvedSection({ resolved }: News, columns: number): string[] {
  const leads = (one: Resolved): boolean =>
    one.problem === one.fingerprint || !resolved.some(({ fingerprint }) => fingerprint === one.problem);
  return section('RESOLVED', resolved.filter(leads), (one) =>
    resolvedLines(
      one,
      resolved.filter((other) => other !== one && other.problem === one.fingerprint && !leads(other)),
      columns,
    ),
  );
}

const JUDGED = { new: ', new', reopened: ', back again', worse: ', more severe' } as const satisfies Record<NewsKind, string>;

/** One thing that a new version judges differently. */
interface Judged {
  readonly severity: Severity;
  readonly lines: readonly string[];
}

function judged({ problems, milder, gone }: Upgrade, { fromUpgrade }: Told, report: Report, columns: number): readonly Judged[] {
  const short = (text: string, subject: string): readonly string[] => [...bullet(text, columns), ...under(subject, columns)];
  return [
    ...fromUpgrade.map((one) => ({
      severity: one.severity,
      lines: oneLine(one, report, columns, JUDGED[problems[one.primary.problem]?.kind ?? 'new']),
    })),
    ...milder.map(({ severity, was, title, subject }) => ({
      severity,
      lines: short(`${severity}, less severe (it was ${was}): ${inert(title)}`, placeInWords(subject)),
    })),
    ...gone.map(({ severity, title, subject }) => ({
      severity,
      lines: short(`${severity}, not found any more: ${inert(title)}`, placeInWords(subject)),
    })),
  ];
}

/** What is new and weighs is never cut, as far as a mail can hold it. */
const MOST_JUDGED = { least: 30, most: 100 };

/** What a new version of the program judges differently: what is new or more severe first, each the worst first. */
export function upgradeSection({ upgrade }: News, told: Told, report: Report, columns: number): string[] {
  if (upgrade === null) return [];
  const loud = told.fromUpgrade.filter(({ severity }) => atLeast(severity, 'high')).length;
  return section(
    `JUDGED DIFFERENTLY BY VERSION ${inert(upgrade.version)} (the account need not have changed)`,
    judged(upgrade, told, report, columns),
    ({ lines }) => lines,
    { rest: (cut) => countsInWords(countsOf(cut)), most: Math.min(Math.max(loud, MOST_JUDGED.least), MOST_JUDGED.most) },
  );
}

function carriedLines({ rule, severity, subject, lastSeen }: CarriedOver, columns: number): string[] {
  return [
    ...bullet(`${severity}: ${inert(rule)}`, columns),
    ...under(placeInWords(subject), columns),
    ...under(`Last seen ${timeInWords(lastSeen)}; it could not be looked at again.`, columns),
  ];
}

/** What the reader knows already: listed when a reminder is due, else counted. */
export function stillOpenSection({ stillOpen }: Told, report: Report, news: News, columns: number): string[] {
  const { carriedOver } = report;
  if (news.reminder) {
    return [
      ...section('STILL OPEN', stillOpen, (problem) => oneLine(problem, report, columns)),
      ...section('OPEN AS FAR AS IS KNOWN', carriedOver, (one) => carriedLines(one, columns)),
    ];
  }
  return [
    ...(stillOpen.length === 0 ? [] : paragraphLines(`Told before and still open: ${countsInWords(countsOf(stillOpen))}.`, columns, 0, 2)),
    ...carriedOverLine(report, columns),
  ];
}

/** What earlier runs saw and this one could not look at. */
export function carriedOverLine({ carriedOver }: Report, columns: number): string[] {
  if (carriedOver.length === 0) return [];
  return paragraphLines(
    `${plural(carriedOver.length, 'finding')} of earlier runs could not be looked at again and may be there still.`,
    columns,
    0,
    2,
  );
}

/** Gaps that are closed. */
export function gapsOverLines({ gapsOver }: News, columns: number): string[] {
  return section('READ AGAIN', gapsOver, (gap) => bullet(overInWords(gap), columns));
}

/** Since when a finding is there, and why it is told now. */
export function sinceLine(finding: Finding, change: ChangedProblem | undefined): string {
  const { firstSeen, suppressionEnded, fingerprint } = finding;
  const since = `First seen ${timeInWords(firstSeen)}`;
  if (suppressionEnded !== null)
    return `${since}. Its suppression ended on ${inert(suppressionEnded.until ?? '')}: ${inert(suppressionEnded.reason)}.`;
  if (change === undefined || !change.changed.includes(fingerprint)) return since;
  if (change.kind === 'reopened') return `${since}; it was away and is back.`;
  return change.kind === 'worse' ? `${since}; it has become worse.` : since;
}
