import type { Severity } from '../../model/report/finding.js';
import type { News } from '../../model/report/report-changes.js';
import type { Report } from '../../model/report/report.js';
import { renderEmail } from './email.js';
import { summaryJson } from './summary.js';
import { highestOf, isNews, toldOf, type Told } from '../parts/select-problems.js';

export interface NotificationOptions {
  /** The lowest severity that is worth a message. */
  readonly threshold: Severity;
  /** Whether a complete audit that found nothing is told too. */
  readonly whenClean: boolean;
  /** Where the whole report is, in words or as an address; null = not said. */
  readonly whereReport: string | null;
  /** The page of the console that shows it; null = there is none. */
  readonly reportLink?: string | null;
  /** Where the pages of `docs` are published. */
  readonly docsBaseUrl?: string | null;
}

/** One SNS message with a body for each protocol. */
export interface Notification {
  readonly subject: string;
  /** For `MessageStructure: json`. */
  readonly message: string;
  /** To filter subscriptions by. */
  readonly attributes: Readonly<Record<'account' | 'highestSeverity' | 'complete', string>>;
}

/** SNS counts body and attributes together, in bytes; email subscribers get nothing above this (SNS documentation, 2026). */
export const MESSAGE_LIMIT = 262_144;
const SUBJECT_LIMIT = 99;
/** So much of an alias at least tells which account it is. */
const LEAST_OF_ALIAS = 8;

const ascii = (text: string): string => text.replace(/[^\x20-\x7e]/gu, '?');
const clipped = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 3)}...`);

/**
 * Under 100 characters, printable ASCII (SNS documentation of Publish); a text message has 140. What has happened stays whole: the
 * alias is shortened, or left out.
 */
function subjectLine({ account, accountAlias, complete }: Report, headline: string): string {
  const after = ascii(`: ${complete ? '' : 'partial scan; '}${headline}`);
  const room = SUBJECT_LIMIT - '[irsa-auditor] '.length - after.length;
  const alias = accountAlias ?? null;
  const name = alias !== null && room >= Math.min(alias.length, LEAST_OF_ALIAS) ? clipped(ascii(alias), room) : ascii(account);
  return clipped(`[irsa-auditor] ${name}${after}`, SUBJECT_LIMIT);
}

function bodies(human: string, summary: string, sms: string): string {
  return JSON.stringify({ default: human, email: human, sqs: summary, lambda: summary, http: summary, https: summary, sms });
}

/** How a report is told. */
export type Telling = Omit<NotificationOptions, 'whenClean'>;

/** An email as its reader gets it. */
export interface Mail {
  readonly subject: string;
  readonly body: string;
}

function mailWith(told: Told, report: Report, news: News, telling: Telling): Mail {
  const { threshold, whereReport, reportLink = null, docsBaseUrl = null } = telling;
  const body = renderEmail(report, { threshold, news, told, whereReport, reportLink, docsBaseUrl });
  return { subject: subjectLine(report, told.headline), body };
}

/** The email of a report, whether or not it is news. */
export const mailOf = (report: Report, news: News, telling: Telling): Mail =>
  mailWith(toldOf(report, news, telling.threshold), report, news, telling);

/** What a subscriber is told of a report, or null where there is nothing that the subscribers do not know. */
export function notificationOf(report: Report, news: News, { whenClean, ...telling }: NotificationOptions): Notification | null {
  const { threshold, whereReport } = telling;
  if (!isNews(report, news, threshold, whenClean)) return null;
  const told = toldOf(report, news, threshold);
  const { subject, body } = mailWith(told, report, news, telling);
  const summary = summaryJson({ report, news, told, threshold, whereReport: whereReport ?? '' });
  return {
    subject,
    message: bodies(body, summary, subject),
    attributes: {
      account: report.account,
      highestSeverity: highestOf(told, news, report),
      complete: String(report.complete),
    },
  };
}

/** Nothing is known of earlier audits: everything is told. */
const ALL_OF_IT: News = {
  first: true,
  setAside: null,
  changed: {},
  upgrade: null,
  resolved: [],
  turnedDown: [],
  silenced: [],
  tagsWithoutEffect: [],
  reminder: false,
  gapsBegun: [],
  gapsOver: [],
};

/** The email that a subscriber gets of a report if it is the first, with its subject above it. */
export function firstMail(report: Report, telling: Telling): string {
  const { subject, body } = mailOf(report, ALL_OF_IT, telling);
  return `Subject: ${subject}\n\n${body}`;
}
