import { atLeast, severityRank, type Finding, type Severity } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { renderEmail } from './email.js';
import { inert } from './inert.js';
import { countsInWords, countsOf, openGaps, problemsOf, type ToldProblem } from './problems.js';

export interface NotificationOptions {
  /** The lowest severity that is worth a message. */
  readonly threshold: Severity;
  /** Whether a complete audit that found nothing is told too. */
  readonly whenClean: boolean;
  /** Where the whole report is, in words or as an address. */
  readonly whereReport: string;
}

/** One SNS message with a body for each protocol. */
export interface Notification {
  readonly subject: string;
  /** For `MessageStructure: json`. */
  readonly message: string;
  /** To filter subscriptions by. */
  readonly attributes: Readonly<Record<'account' | 'highestSeverity' | 'complete', string>>;
}

/** SNS counts body and attributes together, in bytes; e-mail subscribers get nothing above this (SNS documentation, 2026). */
export const MESSAGE_LIMIT = 262_144;
/** Names, types and values of the attributes, and what JSON adds around the bodies. */
const HEADROOM = 2_048;
export const SUMMARY_LIMIT = 40_000;
const SUBJECT_LIMIT = 99;
const SMS_LIMIT = 140;
const MOST_IN_MAIL = 50;

const bytes = (text: string): number => new TextEncoder().encode(text).length;

/** Under 100 characters, printable ASCII, with a letter in front (SNS documentation of Publish). */
function subjectLine(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]/g, '?');
  return ascii.length <= SUBJECT_LIMIT ? ascii : `${ascii.slice(0, SUBJECT_LIMIT - 3)}...`;
}

/** What machines get: the findings without evidence and patches, the worst first, as many as fit. */
function summaryJson(report: Report, problems: readonly ToldProblem[], whereReport: string): string {
  const findings = problems.flatMap(({ primary, coDefects }) => [primary, ...coDefects]).sort((left, right) => severityRank(right.severity) - severityRank(left.severity));
  const gaps = openGaps(report);
  const body = (told: readonly Finding[], gapsTold: typeof gaps): string =>
    JSON.stringify({
      schemaVersion: 1,
      account: report.account,
      partition: report.partition,
      generatedAt: report.generatedAt,
      complete: report.complete,
      counts: countsOf(problems),
      findings: told.map(({ rule, cause, severity, confidence, subject, place, problem, message, error, fingerprint, status, firstSeen, fix }) => ({
        rule, cause, severity, confidence, subject, place, problem, message, error, fingerprint, status, firstSeen,
        fix: fix === null ? null : { summary: fix.summary, verified: fix.verified },
      })),
      findingsCut: findings.length - told.length,
      unread: gapsTold.map(({ what, scope, reason }) => ({ what, scope, reason })),
      unreadCut: gaps.length - gapsTold.length,
      whereReport,
    });
  const fits = (text: string): boolean => bytes(text) <= SUMMARY_LIMIT;
  const gapsTold = longest(gaps, (list) => bytes(body([], list)) <= SUMMARY_LIMIT / 4);
  return body(longest(findings, (list) => fits(body(list, gapsTold))), gapsTold);
}

/** The longest beginning of a list that passes a test which every shorter one passes too. */
function longest<T>(list: readonly T[], passes: (beginning: readonly T[]) => boolean): readonly T[] {
  let [fits, fails] = [0, list.length + 1];
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2);
    if (passes(list.slice(0, middle))) fits = middle;
    else fails = middle;
  }
  return list.slice(0, fits);
}

function smsLine(headline: string): string {
  return subjectLine(headline).slice(0, SMS_LIMIT);
}

function bodies(human: string, summary: string, sms: string): string {
  return JSON.stringify({ default: human, email: human, sqs: summary, lambda: summary, http: summary, https: summary, sms });
}

/** The mail with as many problems as the limit leaves room for: it is in the message twice, escaped. */
function fittingMail(report: Report, problems: number, options: NotificationOptions, rest: (human: string) => number): string {
  const mail = (count: number): string => renderEmail(report, { problems: count, whereReport: options.whereReport });
  const told = longest(Array.from({ length: Math.min(problems, MOST_IN_MAIL) }), (list) => rest(mail(list.length)) <= MESSAGE_LIMIT - HEADROOM);
  return mail(told.length);
}

/**
 * What a subscriber is told of a report, or null where there is nothing to tell: a complete audit without a finding at or
 * above the threshold. An incomplete one is always told.
 */
export function notificationOf(report: Report, options: NotificationOptions): Notification | null {
  const problems = problemsOf(report).filter(({ severity }) => atLeast(severity, options.threshold));
  if (problems.length === 0 && report.complete && !options.whenClean) return null;
  const told: Report = { ...report, findings: problems.flatMap(({ primary, coDefects }) => [primary, ...coDefects]) };
  const headline = `irsa-auditor ${inert(report.account)}: ${report.complete ? '' : 'INCOMPLETE, '}${countsInWords(countsOf(problems))}`;
  const summary = summaryJson(told, problems, options.whereReport);
  const sms = smsLine(headline);
  const human = fittingMail(told, problems.length, options, (text) => bytes(bodies(text, summary, sms)));
  return {
    subject: subjectLine(headline),
    message: bodies(human, summary, sms),
    attributes: { account: report.account, highestSeverity: problems[0]?.severity ?? 'none', complete: String(report.complete) },
  };
}
