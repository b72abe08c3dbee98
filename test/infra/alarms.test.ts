import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, type CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { constructIn, stackOf } from './synthesise.js';

const template = Template.fromStack(stackOf());
const ALARM_TOPIC = { Ref: Match.stringLikeRegexp('^AuditorAlarms') };
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as {
  readonly Properties: { readonly AlarmDescription: string; readonly AlarmActions: unknown };
}[];
/** One is one too many, and where nothing was measured nothing was wrong. */
const ONCE_IS_ENOUGH = {
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  EvaluationPeriods: 1,
  DatapointsToAlarm: Match.absent(),
  TreatMissingData: 'notBreaching',
};

describe('the alarms', () => {
  it('failed: one error is enough, no run is no error', () =>
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('AuditorFunction') } }],
      Statistic: 'Sum',
      Period: 300,
      ...ONCE_IS_ENOUGH,
    }));

  it('incomplete: one read without an answer is enough, by the metric that the function writes, and it stays until the next run', () =>
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      // Spelled out here and in the test of the function: the alarm finds nothing where one letter differs.
      Namespace: 'IrsaAuditor',
      MetricName: 'Unread',
      Dimensions: [{ Name: 'service', Value: 'irsa-auditor' }],
      Statistic: 'Maximum',
      Period: 3600,
      ...ONCE_IS_ENOUGH,
      TreatMissingData: 'ignore',
      OKActions: [ALARM_TOPIC],
    }));

  it('delivery-failing: one message that SNS could not deliver is enough', () =>
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SNS',
      MetricName: 'NumberOfNotificationsFailed',
      Dimensions: [{ Name: 'TopicName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuditorFindings'), 'TopicName'] } }],
      Statistic: 'Sum',
      Period: 300,
      ...ONCE_IS_ENOUGH,
    }));

  it('delivery-failing watches an existing topic by its name', () => {
    const arn = 'arn:aws:sns:eu-west-1:111122223333:platform-alerts';
    const { template: given } = constructIn((stack) => ({ topic: sns.Topic.fromTopicArn(stack, 'Topic', arn) }));
    given.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'NumberOfNotificationsFailed',
      Dimensions: [{ Name: 'TopicName', Value: 'platform-alerts' }],
    });
  });

  it('dead-letters: one message in either queue is enough, also where the other has never been measured', () => {
    const messagesIn = (queue: string) => ({
      MetricStat: {
        Metric: {
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^Auditor${queue}`), 'QueueName'] } }],
        },
        Period: 300,
        Stat: 'Maximum',
      },
      ReturnData: false,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: [
        Match.objectLike({ Expression: 'FILL(failedRuns, 0) + FILL(undelivered, 0)', ReturnData: true }),
        { Id: 'failedRuns', ...messagesIn('FailedRuns') },
        { Id: 'undelivered', ...messagesIn('Undelivered') },
      ],
      ...ONCE_IS_ENOUGH,
    });
  });

  it('speak all on the topic of the alarms', () => {
    expect(alarms).toHaveLength(5);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [ALARM_TOPIC], ActionsEnabled: Match.absent() });
  });

  it('can each be had from the construct', () => {
    const { stack, auditor } = constructIn();
    const own = {
      'failed': auditor.failedAlarm,
      'not-running': auditor.notRunningAlarm,
      'incomplete': auditor.incompleteAlarm,
      'delivery-failing': auditor.deliveryFailingAlarm,
      'dead-letters': auditor.deadLettersAlarm,
    };
    const descriptions = Object.values(own).map(({ node }) => (node.defaultChild as CfnAlarm).alarmDescription?.split(':')[0]);
    expect(descriptions).toEqual(Object.keys(own));
    expect(stack.node.findAll().filter((construct) => construct instanceof Alarm)).toHaveLength(descriptions.length);
  });

  it('not-running: no run in twice the longest gap, and silence counts', () =>
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Period: 86_400,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      OKActions: [ALARM_TOPIC],
    }));

  it('not-running follows the schedule', () => {
    const workdays = constructIn(() => ({ schedule: ScheduleExpression.expression('cron(0 7 ? * MON-FRI *)') })).template;
    workdays.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Invocations', Period: 86_400, EvaluationPeriods: 6 });
  });

  it('a schedule that no alarm can watch is refused when it is written, not when it fails', () =>
    expect(() => constructIn(() => ({ schedule: ScheduleExpression.expression('rate(7 days)') }))).toThrow(/at most 7 days/));

  it('a schedule shorter than an hour has no flexible window to blur it', () =>
    constructIn(() => ({ schedule: ScheduleExpression.expression('rate(30 minutes)') })).template.hasResourceProperties(
      'AWS::Scheduler::Schedule',
      {
        FlexibleTimeWindow: { Mode: 'OFF' },
      },
    ));

  it('speak on a topic that CloudWatch can publish to: not under the key of SNS, and named in its policy', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { DisplayName: 'irsa-auditor alarms', KmsMasterKeyId: Match.absent() });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [ALARM_TOPIC],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
          }),
        ]),
      },
    });
  });
});

it('links the section of the runbook where the documentation is published', () => {
  const base = 'https://docs.example.com/irsa';
  const all = Object.values(Template.fromStack(stackOf({ docsBaseUrl: base })).findResources('AWS::CloudWatch::Alarm')) as typeof alarms;
  for (const { Properties } of all)
    expect(Properties.AlarmDescription).toMatch(/ See https:\/\/docs\.example\.com\/irsa\/runbook\.md#[a-z-]+$/);
});

describe('the runbook', () => {
  const sections = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (\S+)$/gm)].map(([, title = '']) => title);
  const named = alarms.map((alarm) => /docs\/runbook\.md#(\S+) /.exec(alarm.Properties.AlarmDescription)?.[1]);

  it('has one section for each alarm, which the alarm names', () => expect([...named].sort()).toEqual([...sections].sort()));

  it('is named by the alarm of that very section', () =>
    expect(alarms.map((alarm) => alarm.Properties.AlarmDescription.split(':')[0])).toEqual(named));
});
