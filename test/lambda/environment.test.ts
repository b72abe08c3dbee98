import { describe, expect, it } from '@jest/globals';
import { deployedFrom, SettingsError } from '../../lambda/environment.js';

const TOPIC = 'arn:aws-us-gov:sns:us-gov-west-1:111122223333:findings';
const settings = (over: Record<string, string> = {}) =>
  deployedFrom({ IRSA_AUDITOR_TOPIC_ARN: TOPIC, IRSA_AUDITOR_BUCKET: 'reports', ...over });

describe('settings of the function', () => {
  it('need the topic and the bucket alone', () => {
    expect(settings()).toEqual({
      topicArn: TOPIC,
      bucket: 'reports',
      region: null,
      settings: { regions: 'all', notifyAt: 'low', notifyWhenClean: false, acceptUnread: [] },
      kubernetes: false,
      logGroup: 'the log of the function',
    });
  });

  it('are read from every variable', () => {
    const env = {
      IRSA_AUDITOR_REGIONS: 'us-gov-west-1, us-gov-east-1,',
      IRSA_AUDITOR_NOTIFY_AT: 'high',
      IRSA_AUDITOR_NOTIFY_WHEN_CLEAN: 'true',
      IRSA_AUDITOR_ACCEPT_UNREAD: '[{"scope":"us-gov-east-1","reason":"closed"}]',
      IRSA_AUDITOR_KUBERNETES: 'true',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/auditor',
      AWS_REGION: 'us-gov-west-1',
      IRSA_AUDITOR_DOCS_BASE_URL: 'https://docs.example.com',
    };
    expect(settings(env)).toEqual({
      topicArn: TOPIC,
      bucket: 'reports',
      region: 'us-gov-west-1',
      settings: {
        regions: ['us-gov-west-1', 'us-gov-east-1'],
        notifyAt: 'high',
        notifyWhenClean: true,
        docsBaseUrl: 'https://docs.example.com',
        acceptUnread: [{ scope: 'us-gov-east-1', reason: 'closed' }],
      },
      kubernetes: true,
      logGroup: '/aws/lambda/auditor',
    });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ IRSA_AUDITOR_TOPIC_ARN: '' }, /IRSA_AUDITOR_TOPIC_ARN must be the ARN of an SNS topic; it is ""/],
    [{ IRSA_AUDITOR_TOPIC_ARN: 'arn:aws:sqs:eu-west-1:111122223333:q' }, /IRSA_AUDITOR_TOPIC_ARN/],
    [{ IRSA_AUDITOR_BUCKET: '' }, /IRSA_AUDITOR_BUCKET must be the name of the bucket/],
    [{ IRSA_AUDITOR_NOTIFY_AT: 'loud' }, /IRSA_AUDITOR_NOTIFY_AT must be one of info, low, medium, high, critical; it is "loud"/],
    [{ IRSA_AUDITOR_NOTIFY_WHEN_CLEAN: 'yes' }, /IRSA_AUDITOR_NOTIFY_WHEN_CLEAN must be true or false; it is "yes"/],
    [{ IRSA_AUDITOR_KUBERNETES: '1' }, /IRSA_AUDITOR_KUBERNETES must be true or false; it is "1"/],
    [{ IRSA_AUDITOR_ACCEPT_UNREAD: 'eu-west-3' }, /IRSA_AUDITOR_ACCEPT_UNREAD must be a JSON list/],
    [{ IRSA_AUDITOR_ACCEPT_UNREAD: '{"scope":"x","reason":"y"}' }, /IRSA_AUDITOR_ACCEPT_UNREAD must be a JSON list/],
    [{ IRSA_AUDITOR_ACCEPT_UNREAD: '[{"scope":"x"}]' }, /IRSA_AUDITOR_ACCEPT_UNREAD must be a JSON list/],
    [{ IRSA_AUDITOR_ACCEPT_UNREAD: '[null]' }, /IRSA_AUDITOR_ACCEPT_UNREAD must be a JSON list/],
  ])('%j is refused by name', (over, message) => {
    expect(() => settings(over)).toThrow(SettingsError);
    expect(() => settings(over)).toThrow(message);
  });
});
