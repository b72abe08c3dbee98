import { describe, expect, it } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { functionEnvironment, THRESHOLDS } from '../../infra/function-environment.js';
import { ENVIRONMENT } from '../../lambda/names.js';
import { SEVERITIES } from '../../src/model/report/finding.js';
import { constructIn, stackOf } from './synthesise.js';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:platform-alerts';
const NAMES = { topicArn: TOPIC, bucket: 'reports-of-ours' };
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555';

describe('settings of an audit', () => {
  it('become the environment that the function reads', () => {
    const acceptUnread = [{ scope: 'account:ListRegions', reason: 'denied by our service control policy' }];
    expect(
      functionEnvironment(NAMES, {
        regions: ['eu-west-1', 'us-gov-west-1'],
        notifyAt: 'high',
        notifyWhenClean: true,
        acceptUnread,
        kubernetes: true,
      }),
    ).toEqual({
      [ENVIRONMENT.topicArn]: TOPIC,
      [ENVIRONMENT.bucket]: 'reports-of-ours',
      [ENVIRONMENT.regions]: 'eu-west-1,us-gov-west-1',
      [ENVIRONMENT.notifyAt]: 'high',
      [ENVIRONMENT.notifyWhenClean]: 'true',
      [ENVIRONMENT.acceptUnread]: '[{"scope":"account:ListRegions","reason":"denied by our service control policy"}]',
      [ENVIRONMENT.kubernetes]: 'true',
    });
  });

  it('refuse what is no region', () =>
    expect(() => functionEnvironment(NAMES, { regions: ['Frankfurt'] })).toThrow(/"Frankfurt" is not the name of a region/));

  it('are refused where Lambda would refuse them only at deployment', () => {
    const acceptUnread = Array.from({ length: 40 }, (_, index) => ({ scope: `eu-west-${String(index)}`, reason: 'x'.repeat(100) }));
    expect(() => functionEnvironment(NAMES, { acceptUnread })).toThrow(/Lambda allows 4096/);
  });

  it('know the severities of the product', () => expect(THRESHOLDS).toEqual(SEVERITIES));
});

describe('cdk deploy -c name=value', () => {
  it('sets every setting', () => {
    const template = Template.fromStack(
      stackOf({
        schedule: 'cron(0 7 ? * MON-FRI *)',
        timeZone: 'Europe/Berlin',
        regions: 'eu-west-1, eu-central-1',
        notifyAt: 'medium',
        notifyWhenClean: 'false',
        acceptUnread: '[{"scope":"ap-east-1","reason":"not ours"}]',
        kubernetes: 'true',
        topicArn: TOPIC,
        topicKeyArn: KEY,
        topicEncryptionKey: 'new',
        roleArn: 'arn:aws:iam::111122223333:role/reader',
        reportRetentionDays: '30',
        removeReports: 'true',
      }),
    );
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 7 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Role: 'arn:aws:iam::111122223333:role/reader',
      Environment: {
        Variables: {
          [ENVIRONMENT.topicArn]: TOPIC,
          [ENVIRONMENT.bucket]: { Ref: Match.stringLikeRegexp('^AuditorReports') },
          [ENVIRONMENT.regions]: 'eu-west-1,eu-central-1',
          [ENVIRONMENT.notifyAt]: 'medium',
          [ENVIRONMENT.notifyWhenClean]: 'false',
          [ENVIRONMENT.acceptUnread]: '[{"scope":"ap-east-1","reason":"not ours"}]',
          [ENVIRONMENT.kubernetes]: 'true',
        },
      },
    });
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('AuditorKey'), 'Arn'] } });
    template.hasResource('AWS::S3::Bucket', {
      Properties: { LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 30 })]) } },
      DeletionPolicy: 'Delete',
    });
  });

  it('takes the gap of a schedule that it cannot compute, and a key by its ARN', () => {
    const template = Template.fromStack(stackOf({ schedule: 'cron(0 7 L * ? *)', longestGapHours: '84', topicEncryptionKey: KEY }));
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Invocations', EvaluationPeriods: 7 });
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: KEY });
  });

  it.each([
    ['schedule', 'daily'],
    ['longestGapHours', 'ten'],
    ['docsBaseUrl', 'http://docs.example.com'],
    ['timeZone', 'Mars/Olympus'],
    ['notifyAt', 'loud'],
    ['notifyWhenClean', 'maybe'],
    ['acceptUnread', 'eu-west-3'],
    ['acceptUnread', '[{"scope":"eu-west-3"}]'],
    ['regions', ['eu-west-1']],
    ['reportRetentionDays', '0'],
    ['reportRetentionDays', 'a month'],
    ['removeReports', 'yes'],
    ['kubernetes', 'yes'],
    ['topicArn', 'x'],
    ['topicArn', `${TOPIC}.fifo`],
    ['topicArn', 'arn:aws:sqs:eu-west-1:111122223333:platform-alerts'],
    ['topicKeyArn', 'alias/ours'],
    ['topicEncryptionKey', 'arn:aws:kms:eu-west-1:111122223333:alias/ours'],
    ['roleArn', 'x'],
    ['roleArn', 'arn:aws:iam::111122223333:user/reader'],
  ])('refuses -c %s=%s and says what it takes', (name, value) =>
    expect(() => stackOf({ [name]: value })).toThrow(new RegExp(`-c ${name}=.*It takes `)),
  );
});

describe('D10: a time zone that Scheduler does not know', () => {
  it.each([
    ['Berlin', 'Europe/Berlin'],
    ['Europe/Berln', 'Europe/Berlin'],
  ])('%s is refused, and %s offered', (zone, meant) =>
    expect(() => stackOf({ schedule: 'cron(0 6 * * ? *)', timeZone: zone })).toThrow(
      `-c timeZone=${zone} is not understood. Did you mean ${meant}?`,
    ),
  );

  it.each(['UTC', 'Europe/Berlin', 'Asia/Calcutta'])('%s is taken', (zone) =>
    expect(() => stackOf({ schedule: 'cron(0 6 * * ? *)', timeZone: zone })).not.toThrow(),
  );
});

describe('D10: a name after -c that is no setting', () => {
  it.each([
    ['notfyAt', 'notifyAt'],
    ['notify-at', 'notifyAt'],
    ['NOTIFYAT', 'notifyAt'],
    ['NotifyEmail', 'notifyEmail'],
    ['region', 'regions'],
    ['clusterAcces', 'clusterAccess'],
    ['reportRetention', null],
    ['email', null],
  ])('%s is refused', (name, meant) => {
    const guess = meant === null ? '' : ` Did you mean ${meant}?`;
    expect(() => stackOf({ [name]: 'x' })).toThrow(
      expect.objectContaining({
        name: 'SettingError',
        message: expect.stringContaining(`-c ${name}=… is no setting of this app.${guess} Its settings: schedule, `),
      }),
    );
  });

  it("may be CDK's own", () => {
    const cdks = ['aws:cdk:enable-path-metadata', '@aws-cdk/core:newStyleStackSynthesis', 'cli-telemetry', 'acknowledged-issue-numbers'];
    const lookedUp = 'availability-zones:account=111122223333:region=eu-west-1';
    expect(() => stackOf(Object.fromEntries([...cdks, lookedUp].map((name) => [name, true])))).not.toThrow();
  });
});

interface SubscriptionResource {
  readonly Condition: string;
  readonly Properties: { readonly TopicArn: { readonly Ref: string }; readonly Endpoint: unknown };
}

describe('the address', () => {
  const template = Template.fromStack(stackOf());

  it('comes by a parameter and gets findings and alarms, if one is given', () => {
    template.hasParameter('NotifyEmail', { Default: '' });
    const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription')) as SubscriptionResource[];
    const topics = subscriptions.map((subscription) => subscription.Properties.TopicArn.Ref.replace(/[0-9A-F]{8}$/, ''));
    expect(topics.sort()).toEqual(['AuditorAlarms', 'AuditorFindings']);
    for (const subscription of subscriptions) {
      expect(subscription.Properties.Endpoint).toEqual({ Ref: 'NotifyEmail' });
      const given = template.findConditions(subscription.Condition)[subscription.Condition] as { 'Fn::Not': [{ Condition: string }] };
      const missing = given['Fn::Not'][0].Condition;
      expect(template.findConditions(missing)[missing]).toEqual({ 'Fn::Equals': [{ Ref: 'NotifyEmail' }, ''] });
    }
  });

  it('in the construct may be a plain address', () => {
    const written = constructIn(() => ({ email: 'team@example.com' })).template;
    written.resourcePropertiesCountIs('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'team@example.com' }, 2);
    expect(Object.keys(written.findConditions('AuditorEmail*'))).toEqual([]);
  });

  it('is no must', () => constructIn().template.resourceCountIs('AWS::SNS::Subscription', 0));
});

describe('several addresses', () => {
  const endpoints = (template: Template): readonly unknown[] =>
    Object.values(template.findResources('AWS::SNS::Subscription')).map(({ Properties }) => (Properties as { Endpoint: unknown }).Endpoint);
  const several = Template.fromStack(stackOf({ notifyEmail: 'a@example.com, b@example.com' }));

  it('get findings and alarms beside that of the parameter', () =>
    expect(endpoints(several)).toEqual(expect.arrayContaining(['a@example.com', 'a@example.com', 'b@example.com', 'b@example.com'])));
  it('and nobody is told that nobody is subscribed', () => expect(Object.keys(several.findOutputs('*'))).not.toContain('Subscribe'));
  it('keep their subscriptions when another comes before them', () => {
    const ids = (context: string) =>
      Object.keys(Template.fromStack(stackOf({ notifyEmail: context })).findResources('AWS::SNS::Subscription'));
    expect(ids('z@example.com,b@example.com')).toEqual(expect.arrayContaining(ids('b@example.com')));
  });
  it.each(['a@example.com,', 'team', 'a@x b@y'])('%j is refused', (value) =>
    expect(() => stackOf({ notifyEmail: value })).toThrow(/-c notifyEmail=.* is not understood\. It takes comma-separated addresses/),
  );
});

describe('what a deployment prints', () => {
  const outputs = Template.fromStack(stackOf()).findOutputs('*') as Record<string, { Value: unknown; Condition?: string }>;

  it('names topics, function and bucket', () =>
    expect(Object.keys(outputs).sort()).toEqual([
      'AlarmTopicArn',
      'AuditNow',
      'FunctionName',
      'LatestReport',
      'ReportsBucket',
      'Subscribe',
      'TopicArn',
    ]));

  it('says how to read the latest report', () => {
    const bucket = { Ref: expect.stringMatching(/^AuditorReports/) };
    expect(outputs['ReportsBucket']?.Value).toEqual(bucket);
    expect(outputs['LatestReport']).toEqual({
      Value: { 'Fn::Join': ['', ['npx --no-install irsa-auditor report --region ', { Ref: 'AWS::Region' }, ' --bucket ', bucket]] },
      Description: 'Prints the latest report',
    });
  });

  it('D13: names the program as it is called in the clone and in an app that depends on it, and lets npx fetch nothing', () => {
    const commands = JSON.stringify(Template.fromStack(stackOf({ kubernetes: 'true' })).findOutputs('*'));
    expect(commands).not.toContain('node dist/');
    expect(commands.match(/npx --no-install irsa-auditor (?:report|rbac) /g)).toHaveLength(2);
    expect(commands).not.toMatch(/npx (?!--no-install )/);
  });

  it('says how to let it into the clusters, where it is to look inside', () => {
    const inside = (context: Record<string, string>) => Template.fromStack(stackOf(context)).findOutputs('LetIn');
    const role = { 'Fn::GetAtt': [expect.stringMatching(/^AuditorRole/), 'Arn'] };
    expect(inside({ kubernetes: 'true' })['LetIn']).toMatchObject({
      Value: { 'Fn::Join': ['', ['npx --no-install irsa-auditor rbac --principal ', role]] },
    });
    expect(inside({ kubernetes: 'false' })).toEqual({});
  });

  it('says how to run an audit now, and waits longer for it than the function may run', () => {
    const command = JSON.stringify(outputs['AuditNow']?.Value);
    expect(command).toContain('aws lambda invoke');
    expect(Number(/--cli-read-timeout (\d+)/.exec(command)?.[1])).toBeGreaterThan(900);
  });

  it('says how to subscribe where nobody is', () => {
    expect(JSON.stringify(outputs['Subscribe']?.Value).match(/aws sns subscribe/g)).toHaveLength(2);
    expect(outputs['Subscribe']?.Condition).toMatch(/^AuditorEmailMissing/);
    expect(outputs['AuditNow']?.Condition).toBeUndefined();
  });
});
