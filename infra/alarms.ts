import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { SilenceWindow } from './silence-window.js';

/** Where an alarm sends its reader: each alarm has a section of its name there, which a test holds it to. */
const RUNBOOK = 'docs/runbook.md';

/** A run ended with an error: also when it could not publish, ran out of memory or was timed out. */
export function failedAlarm(scope: Construct, id: string, auditor: lambda.IFunction, topic: sns.ITopic): cloudwatch.Alarm {
  const alarm = new cloudwatch.Alarm(scope, id, {
    alarmDescription:
      'failed: a run of irsa-auditor ended with an error, and its result may have reached nobody. ' +
      `See ${RUNBOOK}#failed in the irsa-auditor repository.`,
    metric: auditor.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}

/** Nothing ran for twice as long as the schedule can leave between two runs. Silence is the finding, so missing data breaches. */
export function notRunningAlarm(
  scope: Construct,
  id: string,
  auditor: lambda.IFunction,
  topic: sns.ITopic,
  window: SilenceWindow,
): cloudwatch.Alarm {
  const alarm = new cloudwatch.Alarm(scope, id, {
    alarmDescription:
      'not-running: irsa-auditor has not run for twice the longest gap of its schedule, so no news is not good news. ' +
      `See ${RUNBOOK}#not-running in the irsa-auditor repository.`,
    metric: auditor.metricInvocations({ period: window.period, statistic: 'Sum' }),
    threshold: 1,
    evaluationPeriods: window.periods,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  // A new stack may alarm until its first run: the same readers must hear that it is well.
  alarm.addOkAction(action);
  return alarm;
}
