import { collect } from '../src/collect/collect.js';
import type { AwsPort } from '../src/collect/ports.js';
import type { Report } from '../src/model/report.js';
import { auditInventory } from '../src/pipeline.js';
import { notificationOf, type Notification } from '../src/report/notification.js';
import { countsOf, openGaps, problemsOf, type Counts } from '../src/report/problems.js';
import type { Settings } from './environment.js';

/** What one invocation touches of the world. */
export interface Ports {
  readonly aws: AwsPort;
  readonly publish: (topicArn: string, notification: Notification) => Promise<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly remainingMs: () => number;
  readonly requestId: string;
  /** Gets the report before it is published, so that a failed delivery loses nothing. */
  readonly record: (report: Report) => void;
}

/** What the invocation answers with. */
export interface Outcome {
  readonly account: string;
  readonly complete: boolean;
  readonly counts: Counts;
  readonly unread: number;
  /** Id of the SNS message; null = there was nothing to tell. */
  readonly published: string | null;
}

/** Kept back from the time of the function for rules, report and delivery; a run that is out of time still tells what it has. */
const RESERVE_MS = 30_000;

/** Collects, audits and publishes. Rejects where the account cannot be named or the message was not taken. */
export async function runAudit(settings: Settings, ports: Ports): Promise<Outcome> {
  const startedAt = ports.now();
  const budget = Math.max(ports.remainingMs() - RESERVE_MS, ports.remainingMs() / 2);
  const inventory = await collect(ports.aws, {
    regions: settings.regions,
    now: ports.now,
    startedAt: new Date(startedAt).toISOString(),
    deadline: startedAt + budget,
  });
  const report = auditInventory(inventory, { now: new Date(ports.now()).toISOString(), acceptUnread: settings.acceptUnread });
  ports.record(report);
  const whereReport = `log group ${settings.logGroup}, request ${ports.requestId}; or run: irsa-auditor audit`;
  const notification = notificationOf(report, { threshold: settings.notifyAt, whenClean: settings.notifyWhenClean, whereReport });
  const published = notification === null ? null : await ports.publish(settings.topicArn, notification);
  return {
    account: report.account,
    complete: report.complete,
    counts: countsOf(problemsOf(report)),
    unread: openGaps(report).length,
    published,
  };
}
