import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { constructIn, stackOf } from './synthesise.js';

const template = Template.fromStack(stackOf());
const ALARM_TOPIC = { Ref: Match.stringLikeRegexp('^AuditorAlarms') };

describe('the alarms', () => {
  it('failed: one error is enough, no run is no error', () =>
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('AuditorFunction') } }],
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [ALARM_TOPIC],
    }));

  it('not-running: no run in twice the longest gap, and silence counts', () =>
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Period: 86_400,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      AlarmActions: [ALARM_TOPIC],
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

describe('the runbook', () => {
  const sections = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (\S+)$/gm)].map(([, title = '']) => title);
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as { Properties: { AlarmDescription: string } }[];
  const named = alarms.map((alarm) => /docs\/runbook\.md#(\S+) /.exec(alarm.Properties.AlarmDescription)?.[1]);

  it('has one section for each alarm, which the alarm names', () => expect([...named].sort()).toEqual([...sections].sort()));

  it('is named by the alarm of that very section', () =>
    expect(alarms.map((alarm) => alarm.Properties.AlarmDescription.split(':')[0])).toEqual(named));
});
