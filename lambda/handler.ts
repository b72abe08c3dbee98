import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { awsPort } from '../src/collect/aws/aws-port.js';
import { asError } from '../src/lib/error-in-words.js';
import { atLeast, type Severity } from '../src/model/report/finding.js';
import type { Report } from '../src/model/report/report.js';
import { openGaps, problemsOf } from '../src/report/parts/problems.js';
import { VERSION } from '../src/lib/version.js';
import { deployedFrom } from './environment.js';
import { METRICS } from './names.js';
import { runAudit, type InvocationResult, type ToldByEvent } from './run.js';

/** The part of Lambda's context that is used. */
export interface Context {
  readonly awsRequestId: string;
  /** It names the account that the function is in. */
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

const logger = new Logger({ serviceName: 'irsa-auditor' });
const metrics = new Metrics({ namespace: METRICS.namespace, serviceName: METRICS.service });

/** Kept between invocations, as long as Lambda keeps the environment: the second try of an event has the id of the first. */
let latest: { readonly requestId: string; readonly told: ToldByEvent } | null = null;

function toldBy(requestId: string): ToldByEvent {
  if (latest?.requestId !== requestId) latest = { requestId, told: { state: null } };
  return latest.told;
}

/** The whole report goes to the log, a line for each problem: what was published may have been cut. */
function record(report: Report, notifyAt: Severity): void {
  const { findings, coverage, complete, account } = report;
  const problems = problemsOf(report);
  const crashed = report.rules.filter((rule) => rule.crashed !== null);
  logger.info('audited', {
    account,
    complete,
    problems: problems.length,
    findings: findings.length,
    coverage,
    rules: crashed,
  });
  for (const { primary, coDefects } of problems) logger.info('problem', { finding: primary, coDefects });
  metrics.addMetric(METRICS.openProblems, MetricUnit.Count, problems.filter(({ severity }) => atLeast(severity, notifyAt)).length);
  // A rule that crashed is a part of the account that nobody scanned.
  metrics.addMetric(METRICS.unread, MetricUnit.Count, openGaps(report).length + crashed.length);
  metrics.publishStoredMetrics();
}

/** Loaded where there is something to tell: most runs have nothing. */
const sns = async () => import('../src/deliver/sns.js');

/** Audits the account and publishes what it finds. Rejects, and so fails the invocation, when nobody could be told. */
export async function handler(_event: unknown, context: Context): Promise<InvocationResult> {
  logger.appendKeys({ requestId: context.awsRequestId });
  try {
    const deployed = deployedFrom();
    const { openBucket } = await import('../src/deliver/bucket.js');
    return await runAudit(deployed, {
      aws: awsPort({ version: VERSION }),
      bucket: openBucket(deployed.bucket, { owner: context.invokedFunctionArn.split(':')[4] ?? '' }),
      publish: async (...asked) => (await sns()).publish(...asked),
      subscribers: async (topicArn) => (await sns()).confirmedSubscriptions(topicArn),
      now: Date.now,
      remainingMs: () => context.getRemainingTimeInMillis(),
      requestId: context.awsRequestId,
      told: toldBy(context.awsRequestId),
      record: (report, { notifyAt }) => record(report, notifyAt),
      warn: (message) => logger.warn(message),
    });
  } catch (error) {
    logger.error('the run failed', asError(error));
    throw error;
  }
}
