import type { Finding } from '../model/finding.js';
import type { ChangedProblem, News, Resolved } from '../model/news.js';
import type { CarriedOver, Report } from '../model/report.js';
import { inert } from './inert.js';
import { paragraphLines } from './paragraph.js';
import { countsInWords, countsOf, type ToldProblem } from './problems.js';
import type { Told } from './told.js';
import { placeInWords, subjectInWords, timeInWords } from './words.js';

/** The parts of a mail that tell of changes, in lines of at most `columns`. What there is too much of is counted. */

const MOST_LISTED = 30;

const bullet = (text: string, columns: number): string[] => paragraphLines(`* ${text}`, columns, 2, 4);
const under = (text: string, columns: number): string[] => paragraphLines(text, columns, 4, 6);

function section<T>(title: string, items: readonly T[], lines: (item: T) => readonly string[]): string[] {
  if (items.length === 0) return [];
  const cut = items.length - MOST_LISTED;
  return [title, ...items.slice(0, MOST_LISTED).flatMap(lines), ...(cut > 0 ? [`  * and ${cut} more`] : []), ''];
}

const titleOf = (finding: Finding, report: Report): string => inert(report.texts[finding.rule]?.title ?? finding.rule);

function oneLine({ primary, severity }: ToldProblem, report: Report, columns: number): string[] {
  return [
    ...bullet(`${severity}: ${titleOf(primary, report)}`, columns),
    ...under(subjectInWords(primary), columns),
    ...under(`First seen ${timeInWords(primary.firstSeen)}.`, columns),
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

/** What only rules of a new version see. */
export function broughtSection({ brought }: Told, report: Report, columns: number): string[] {
  return section('FOUND BY RULES THAT ARE NEW IN THIS VERSION (it may have been so for long)', brought, (problem) =>
    oneLine(problem, report, columns),
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
  const some = carriedOver.length === 1 ? '1 finding of earlier runs' : `${carriedOver.length} findings of earlier runs`;
  return paragraphLines(`${some} could not be looked at again and may be there still.`, columns, 0, 2);
}

/** Gaps that are closed. */
export function gapsOverLines({ gapsOver }: News, columns: number): string[] {
  return section('READ AGAIN', gapsOver, ({ what, scope, since }) =>
    bullet(inert(`${what}${scope === 'account' ? '' : ` in ${scope}`}, unanswered since ${timeInWords(since)}`), columns),
  );
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
