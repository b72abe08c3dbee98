import type { Severity } from '../model/finding.js';
import type { News } from '../model/news.js';
import type { Report } from '../model/report.js';
import { renderEmail } from './email.js';
import { longestFitting, utf8Bytes } from './fitting.js';
import { summaryJson } from './summary.js';
import { highestOf, isNews, toldOf } from './told.js';

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
/** For the names, types and values of the attributes. */
const HEADROOM = 2_048;
const SUBJECT_LIMIT = 99;
const MOST_IN_MAIL = 50;
/** Nobody reads four hundred problems on the first day: the worst, and where the others are. */
const MOST_IN_FIRST_MAIL = 10;

/** Under 100 characters, printable ASCII, with a letter in front (SNS documentation of Publish); a text message has 140. */
function subjectLine(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]/gu, '?');
  return ascii.length <= SUBJECT_LIMIT ? ascii : `${ascii.slice(0, SUBJECT_LIMIT - 3)}...`;
}

function bodies(human: string, summary: string, sms: string): string {
  return JSON.stringify({ default: human, email: human, sqs: summary, lambda: summary, http: summary, https: summary, sms });
}

/** The longest mail that the limit leaves room for: it is in the message twice, escaped. */
function fittingMail(mail: (problems: number) => string, problems: number, fits: (human: string) => boolean): string {
  const told = longestFitting(Array.from({ length: problems }), (list) => fits(mail(list.length)));
  const human = mail(told.length);
  if (fits(human)) return human;
  // Not even the summary of gaps fits: some name in it is longer than AWS allows. What there is room for is told.
  const cutHere = '\n(cut here: the message would be too long)\n';
  return `${longestFitting([...human], (beginning) => fits(`${beginning.join('')}${cutHere}`)).join('')}${cutHere}`;
}

/** What a subscriber is told of a report, or null where there is nothing that the subscribers do not know. */
export function notificationOf(
  report: Report,
  news: News,
  { threshold, whenClean, whereReport }: NotificationOptions,
): Notification | null {
  if (!isNews(report, news, threshold, whenClean)) return null;
  const told = toldOf(report, news, threshold);
  const subject = subjectLine(`irsa-auditor ${report.account}: ${report.complete ? '' : 'INCOMPLETE, '}${told.headline}`);
  const summary = summaryJson({ report, news, told, threshold, whereReport });
  const mail = (problems: number): string => renderEmail(report, { threshold, problems, news, whereReport });
  const most = Math.min(told.problems.length, news.first ? MOST_IN_FIRST_MAIL : MOST_IN_MAIL);
  const human = fittingMail(mail, most, (text) => utf8Bytes(bodies(text, summary, subject)) <= MESSAGE_LIMIT - HEADROOM);
  return {
    subject,
    message: bodies(human, summary, subject),
    attributes: {
      account: report.account,
      highestSeverity: highestOf(told, news),
      complete: String(report.complete),
    },
  };
}
