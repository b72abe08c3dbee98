import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { METRICS } from '../lambda/names.js';
import type { SilenceWindow } from './missed-run-alarm-window.js';

/** What the alarms look at. */
export interface Watched {
  readonly function: lambda.IFunction;
  readonly findingsTopic: sns.ITopic;
  readonly failedRuns: sqs.IQueue;
  readonly undelivered: sqs.IQueue;
  /** How long no run may be seen. */
  readonly silence: SilenceWindow;
  /** Where the folder `docs` is published; left out = the reader is sent to the repository. */
  readonly docsBaseUrl: string | undefined;
}

/** One alarm: what it means in one sentence, and when it speaks. */
interface Meaning extends Pick<
  cloudwatch.AlarmProps,
  'metric' | 'threshold' | 'evaluationPeriods' | 'comparisonOperator' | 'treatMissingData'
> {
  readonly id: string;
  readonly means: string;
  /** Whether the readers are told too when it is over. */
  readonly saysWhenOver?: boolean;
}

export type AlarmName = 'failed' | 'not-running' | 'incomplete' | 'delivery-failing' | 'dead-letters';

/** What must never happen; where nothing was measured, it has not. */
const ONCE_IS_ENOUGH = {
  threshold: 1,
  evaluationPeriods: 1,
  comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
};

const FIVE_MINUTES = Duration.minutes(5);

/** A queue whose last message came long ago stops being measured: without FILL one queue at rest would make the sum unknown. */
function messagesIn(failedRuns: sqs.IQueue, undelivered: sqs.IQueue): cloudwatch.MathExpression {
  const messages = (queue: sqs.IQueue) => queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'Maximum' });
  return new cloudwatch.MathExpression({
    expression: 'FILL(failedRuns, 0) + FILL(undelivered, 0)',
    usingMetrics: { failedRuns: messages(failedRuns), undelivered: messages(undelivered) },
    period: FIVE_MINUTES,
    label: 'Lost runs',
  });
}

function meanings({ function: auditor, findingsTopic, failedRuns, undelivered, silence }: Watched): Record<AlarmName, Meaning> {
  return {
    // Also when it could not publish, ran out of memory or was timed out.
    'failed': {
      id: 'Failed',
      means: 'a run of irsa-auditor ended with an error, and its result may have reached nobody',
      metric: auditor.metricErrors({ period: FIVE_MINUTES, statistic: 'Sum' }),
      ...ONCE_IS_ENOUGH,
    },
    // Silence is the finding, so missing data breaches. A new stack may alarm until its first run: its readers must hear that it is well.
    'not-running': {
      id: 'NotRunning',
      means: 'irsa-auditor has not run for twice the longest gap of its schedule, so no news is not good news',
      metric: auditor.metricInvocations({ period: silence.period, statistic: 'Sum' }),
      threshold: 1,
      evaluationPeriods: silence.periods,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      saysWhenOver: true,
    },
    'incomplete': {
      id: 'Incomplete',
      means: 'an audit of irsa-auditor could not read everything that it was asked to, so what it did not find may be there anyway',
      metric: new cloudwatch.Metric({
        namespace: METRICS.namespace,
        metricName: METRICS.unread,
        dimensionsMap: { service: METRICS.service },
        period: Duration.hours(1),
        statistic: 'Maximum',
      }),
      ...ONCE_IS_ENOUGH,
      // Between two runs nothing is measured: the alarm keeps its state, so that a gap which stays is told once and not daily.
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      saysWhenOver: true,
    },
    'delivery-failing': {
      id: 'DeliveryFailing',
      means: 'SNS took a message of irsa-auditor and could not deliver it to one of the subscribers',
      metric: findingsTopic.metricNumberOfNotificationsFailed({ period: FIVE_MINUTES, statistic: 'Sum' }),
      ...ONCE_IS_ENOUGH,
    },
    'dead-letters': {
      id: 'DeadLetters',
      means: 'a run of irsa-auditor was given up, and what is known of it lies in one of the two queues',
      metric: messagesIn(failedRuns, undelivered),
      ...ONCE_IS_ENOUGH,
    },
  };
}

/** Where an alarm sends its reader: each alarm has a section of its name there, which a test holds it to. */
function sectionOf(name: AlarmName, base: string | undefined): string {
  return base === undefined ? `docs/runbook.md#${name} in the irsa-auditor repository.` : `${base}/runbook.md#${name}`;
}

/** Makes every alarm, each of which speaks on the topic. */
export function makeAlarms(scope: Construct, topic: sns.ITopic, watched: Watched): Readonly<Record<AlarmName, cloudwatch.Alarm>> {
  const all = meanings(watched);
  const speak = new SnsAction(topic);
  const alarm = (name: AlarmName): cloudwatch.Alarm => {
    const { id, means, saysWhenOver = false, ...when } = all[name];
    const made = new cloudwatch.Alarm(scope, id, {
      alarmDescription: `${name}: ${means}. See ${sectionOf(name, watched.docsBaseUrl)}`,
      ...when,
    });
    made.addAlarmAction(speak);
    if (saysWhenOver) made.addOkAction(speak);
    return made;
  };
  return {
    'failed': alarm('failed'),
    'not-running': alarm('not-running'),
    'incomplete': alarm('incomplete'),
    'delivery-failing': alarm('delivery-failing'),
    'dead-letters': alarm('dead-letters'),
  };
}
