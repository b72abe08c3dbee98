import { describe, expect, it } from '@jest/globals';
import { FileSystem, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { builtLambda } from '../../infra/built-lambda.js';
import { IrsaAuditor } from '../../infra/irsa-auditor.js';
import { ENVIRONMENT } from '../../lambda/names.js';
import { constructIn, stackOf } from './synthesise.js';

interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}

function resources(template: Template): readonly Resource[] {
  return Object.values((template.toJSON() as { Resources: Record<string, Resource> }).Resources);
}

describe('the stack', () => {
  const template = Template.fromStack(stackOf());

  it('deploys exactly what was built', () => {
    const hash = FileSystem.fingerprint(builtLambda());
    template.hasResourceProperties('AWS::Lambda::Function', {
      Code: { S3Key: `${hash}.zip` },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      ReservedConcurrentExecutions: Match.absent(),
      LoggingConfig: { LogGroup: Match.anyValue() },
    });
  });

  it('tells the function where to publish and where to keep its reports, and leaves the rest to the defaults', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          [ENVIRONMENT.topicArn]: { Ref: Match.stringLikeRegexp('AuditorFindings') },
          [ENVIRONMENT.bucket]: { Ref: Match.stringLikeRegexp('AuditorReports') },
        },
      },
    });
    const [auditor] = resources(template).filter((resource) => resource.Type === 'AWS::Lambda::Function');
    expect(Object.keys((auditor?.Properties?.['Environment'] as { Variables: object }).Variables)).toEqual([
      ENVIRONMENT.topicArn,
      ENVIRONMENT.bucket,
    ]);
  });

  it('runs once a day by EventBridge Scheduler, and keeps what could not be delivered', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 day)',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: {
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('AuditorUndelivered'), 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 5 },
      },
    });
    template.resourceCountIs('AWS::Scheduler::Schedule', 1);
  });

  it('tries a failed run once more and then keeps it', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('AuditorFailedRuns'), 'Arn'] } } },
    });
  });

  it('encrypts its queues and refuses plain HTTP to queues and topics', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    const tlsOnly = {
      Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
    };
    template.allResourcesProperties('AWS::SQS::QueuePolicy', { PolicyDocument: tlsOnly });
    template.allResourcesProperties('AWS::SNS::TopicPolicy', { PolicyDocument: tlsOnly });
    template.resourceCountIs('AWS::SQS::QueuePolicy', 2);
    template.resourceCountIs('AWS::SNS::TopicPolicy', 2);
  });

  it('keeps logs for three months, or as long as one says', () => {
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 90 }, DeletionPolicy: 'Delete' });
    constructIn(() => ({ logRetention: RetentionDays.TWO_YEARS })).template.hasResourceProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 731,
    });
  });

  it('gives nothing a fixed name, so that it can stand twice', () => {
    const names = ['TopicName', 'QueueName', 'BucketName', 'FunctionName', 'RoleName', 'LogGroupName', 'AlarmName', 'Name', 'AliasName'];
    const owners = resources(template).filter(({ Type: type }) => !/^AWS::Lambda::(EventInvokeConfig|Permission)$/.test(type));
    expect(owners.flatMap((resource) => Object.keys(resource.Properties ?? {}).filter((key) => names.includes(key)))).toEqual([]);
  });

  it('has no warning of CDK', () => Annotations.fromStack(stackOf()).hasNoWarning('*', Match.anyValue()));

  it('passes tags to everything that can have them', () => {
    const { stack } = constructIn();
    Tags.of(stack).add('cost-centre', 'platform');
    const all = resources(Template.fromStack(stack));
    const tagged = all.filter((resource) => JSON.stringify(resource.Properties?.['Tags'] ?? []).includes('cost-centre'));
    expect([...new Set(tagged.map((resource) => resource.Type))].sort()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::Events::Rule',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Logs::LogGroup',
      'AWS::S3::Bucket',
      'AWS::SNS::Topic',
      'AWS::SQS::Queue',
    ]);
  });

  it('passes a permissions boundary to each of its roles', () => {
    const { stack } = constructIn();
    iam.PermissionsBoundary.of(stack).apply(
      iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', 'arn:aws:iam::111122223333:policy/boundary'),
    );
    const withBoundary = Template.fromStack(stack);
    withBoundary.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: 'arn:aws:iam::111122223333:policy/boundary' });
    withBoundary.resourceCountIs('AWS::IAM::Role', 2);
  });

  it('stands twice in one stack', () => {
    const { stack } = constructIn();
    new IrsaAuditor(stack, 'Second', { regions: ['eu-west-1'] });
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 2);
  });
});

describe('code that was not built', () => {
  it('is refused with the command that builds it', () => expect(() => builtLambda('/nowhere')).toThrow(/"npm run build"/));
});
