import { describe, expect, it } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { stackOf } from './synthesise.js';

describe('the first audit after a deployment', () => {
  const template = Template.fromStack(stackOf());
  const [rule] = Object.values(template.findResources('AWS::Events::Rule')) as { Properties: Record<string, unknown> }[];

  it('is started by the event that this stack was created or updated, and by nothing else', () => {
    template.resourceCountIs('AWS::Events::Rule', 1);
    // The names are those of "Stack Status Change event detail" in the CloudFormation user guide.
    expect(rule?.Properties['EventPattern']).toEqual({
      'source': ['aws.cloudformation'],
      'detail-type': ['CloudFormation Stack Status Change'],
      'detail': { 'stack-id': [{ Ref: 'AWS::StackId' }], 'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] } },
    });
    // CloudFormation's events come on the default bus alone; the schedule is the scheduler's.
    for (const absent of ['EventBusName', 'ScheduleExpression']) expect(rule?.Properties).not.toHaveProperty(absent);
    expect(rule?.Properties['State']).toBe('ENABLED');
  });

  it('runs the function, and is kept where it could not be handed over', () =>
    expect(rule?.Properties['Targets']).toEqual([
      {
        Id: expect.any(String),
        Arn: { 'Fn::GetAtt': [expect.stringMatching(/^AuditorFunction/), 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^AuditorUndelivered/), 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 5 },
      },
    ]));

  it('is permitted by function and queue, to this rule alone', () => {
    const theRule = { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuditorAfterDeployment'), 'Arn'] };
    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      FunctionName: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuditorFunction'), 'Arn'] },
      SourceArn: theRule,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: Match.stringLikeRegexp('^AuditorUndelivered') }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': theRule } },
          }),
        ]),
      },
    });
  });

  it('is no custom resource: a first audit that fails must not roll a deployment back', () =>
    expect(
      Object.values(template.toJSON()['Resources'] as Record<string, { Type: string }>).filter(({ Type: type }) =>
        /^(Custom::|AWS::CloudFormation::CustomResource$)/.test(type),
      ),
    ).toEqual([]));
});
