import { describe, expect, it } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { READS } from '../../src/collect/reading/reads.js';
import { actionsOf, constructIn, stackOf, type TemplateStatement, statementsOf } from './synthesise.js';

const OWN_ROLE = 'AuditorRole';
const BESIDE_READING = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  's3:GetObject',
  's3:ListBucket',
  's3:PutObject',
  'sns:GetTopicAttributes',
  'sns:Publish',
  'sqs:SendMessage',
];
const READ_ACTIONS = READS.filter((read) => !('needsNoPermission' in read)).map((read) => read.action as string);
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:platform-alerts';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555';

/** Where each action on S3 is allowed: keys of the stack's bucket, an empty one for the bucket itself. */
function onTheBucket(statements: readonly TemplateStatement[]): Record<string, readonly string[]> {
  const ofS3 = statements.filter((statement) => actionsOf([statement]).some((action) => action.startsWith('s3:')));
  const keyOf = (resource: unknown) =>
    JSON.stringify(resource).replace(
      /^(\{"Fn::Join":\["",\[)?\{"Fn::GetAtt":\["AuditorReports[0-9A-F]{8}","Arn"\]\}(,"\/([^"]+)"\]\]\})?$/,
      '$3',
    );
  return Object.fromEntries(
    ofS3.flatMap((statement) => actionsOf([statement]).map((action) => [action, [statement.Resource].flat().map(keyOf).sort()])),
  );
}

describe("the function's role", () => {
  const template = Template.fromStack(stackOf());
  const statements = statementsOf(template, OWN_ROLE);

  it('may do what the table of reads names, write its log and its reports, publish and hand over a failed run, and nothing else', () => {
    expect(actionsOf(statements)).toEqual([...READ_ACTIONS, ...BESIDE_READING].sort());
  });

  it('reads and writes the objects of the bucket that it has to, by key, and deletes none', () =>
    expect(onTheBucket(statements)).toEqual({
      's3:GetObject': ['irsa-auditor.yaml', 'state.json'],
      's3:PutObject': ['latest.html', 'latest.json', 'latest.txt', 'reports/*', 'state-aside/*', 'state.json'],
      's3:ListBucket': [''],
    }));

  it('publishes to the topic of the findings and sees who is subscribed to it, on no other topic', () => {
    const onTopics = statements.filter((statement) => actionsOf([statement]).some((action) => action.startsWith('sns:')));
    expect(actionsOf(onTopics)).toEqual(['sns:GetTopicAttributes', 'sns:Publish']);
    for (const { Resource: resource } of onTopics) expect(resource).toEqual({ Ref: expect.stringMatching(/^AuditorFindings/) });
  });

  it('holds no wildcard but the resource of the reads and the folders of the reports', () => {
    expect(actionsOf(statements).filter((action) => action.includes('*'))).toEqual([]);
    const open = statements.filter((statement) => JSON.stringify(statement.Resource).includes('*'));
    expect(open.map((statement) => statement.Sid)).toEqual(['ReadForTheAudit', 'WriteMemoryAndReports']);
    expect(actionsOf(statements.filter((statement) => statement.Resource === '*'))).toEqual([...READ_ACTIONS].sort());
  });

  it('carries no managed policy', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      Description: Match.stringLikeRegexp('reads the account'),
      ManagedPolicyArns: Match.absent(),
    });
  });

  it('needs no KMS permission for a topic under the key of SNS itself', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: 'alias/aws/sns' });
    expect(actionsOf(statements).filter((action) => action.startsWith('kms:'))).toEqual([]);
  });
});

describe("the schedule's role", () => {
  it('is for the schedules of this account alone, and invokes this function alone', () => {
    const template = Template.fromStack(stackOf());
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' }, 'aws:SourceArn': Match.anyValue() } },
          }),
        ],
      },
    });
    expect(actionsOf(statementsOf(template, 'ScheduleRole'))).toEqual(['lambda:InvokeFunction', 'sqs:SendMessage']);
  });
});

describe('what exists already', () => {
  it('an existing topic is published to, with the use of its key; no topic of findings is made', () => {
    const { template } = constructIn((stack) => ({
      topic: sns.Topic.fromTopicArn(stack, 'Topic', TOPIC),
      topicKey: kms.Key.fromKeyArn(stack, 'TopicKey', KEY),
    }));
    const statements = statementsOf(template, OWN_ROLE);
    for (const action of ['sns:Publish', 'sns:GetTopicAttributes'])
      expect(statements.find((statement) => statement.Action === action)?.Resource).toBe(TOPIC);
    const onKey = statements.filter((statement) => statement.Resource === KEY);
    expect(actionsOf(onKey)).toEqual(['kms:Decrypt', 'kms:GenerateDataKey*']);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.hasResourceProperties('AWS::SNS::Topic', { DisplayName: 'irsa-auditor alarms' });
  });

  it('an existing role is used and gets what the audit needs', () => {
    const { template } = constructIn((stack) => ({
      role: iam.Role.fromRoleArn(stack, 'Given', 'arn:aws:iam::111122223333:role/audit/reader'),
    }));
    expect(actionsOf(statementsOf(template, 'reader'))).toEqual([...READ_ACTIONS, ...BESIDE_READING].sort());
    template.hasResourceProperties('AWS::Lambda::Function', { Role: 'arn:aws:iam::111122223333:role/audit/reader' });
    template.resourceCountIs('AWS::IAM::Role', 1);
  });

  it('an existing role that may not be changed is left alone', () => {
    const arn = 'arn:aws:iam::111122223333:role/reader';
    const { template } = constructIn((stack) => ({ role: iam.Role.fromRoleArn(stack, 'Given', arn, { mutable: false }) }));
    expect(statementsOf(template, 'reader')).toEqual([]);
  });
});

describe('a customer managed key', () => {
  it('made here encrypts both topics, rotates, and admits the publisher and CloudWatch', () => {
    const { template } = constructIn(() => ({ topicEncryptionKey: 'new' }));
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('AuditorKey'), 'Arn'] } });
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
    const onKey = actionsOf(statementsOf(template, OWN_ROLE)).filter((action) => action.startsWith('kms:'));
    expect(onKey).toEqual(['kms:Decrypt', 'kms:GenerateDataKey*']);
  });

  it('of somebody else is used and granted as it is', () => {
    const { template } = constructIn((stack) => ({ topicEncryptionKey: kms.Key.fromKeyArn(stack, 'Theirs', KEY) }));
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: KEY });
    template.resourceCountIs('AWS::KMS::Key', 0);
    expect(statementsOf(template, OWN_ROLE).some((statement) => statement.Resource === KEY)).toBe(true);
  });
});
