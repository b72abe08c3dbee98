import { Duration, TimeZone } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { THRESHOLDS, type AcceptedGap, type Threshold } from './function-environment.js';
import type { IrsaAuditorProps } from './irsa-auditor.js';
import { acknowledge, PUBLISHER_DATA_KEYS, READS_EVERYTHING } from './nag-acknowledgements.js';
import { SettingError } from './setting-error.js';

/**
 * What `cdk deploy -c name=value` can say to the app of this repository. Every name has one line here, which is printed
 * when an unknown value is given.
 */
const SETTINGS = {
  schedule: 'rate(12 hours), or cron(0 7 ? * MON-FRI *); default rate(1 day)',
  timeZone: 'zone of a cron schedule, such as Europe/Berlin; default UTC',
  longestGapHours: 'hours between two runs at most, for cron expressions with L, W, # or a year',
  regions: 'comma-separated regions; default every enabled one',
  notifyAt: `lowest severity that is published: ${THRESHOLDS.join(', ')}; default low`,
  notifyWhenClean: 'true or false: also tell when nothing was found; default false',
  acceptUnread: 'JSON: [{"scope":"account:ListRegions","reason":"denied by our service control policy"}]',
  kubernetes: 'true or false: also look inside the clusters, over the Kubernetes API; default false',
  clusterAccess: 'comma-separated names of clusters in the region of the stack that let the function in',
  topicArn: 'ARN of an existing topic for the findings',
  topicKeyArn: 'ARN of the customer managed key of that topic',
  topicEncryptionKey: 'new, or the ARN of a customer managed key for the topics made here',
  roleArn: 'ARN of an existing role for the function',
  reportRetentionDays: 'days for which the reports in the bucket are kept; default 90',
  removeReports: 'true or false: bucket and reports go with the stack; default false',
} as const;
type Setting = keyof typeof SETTINGS;

function refuse(setting: Setting, value: unknown): never {
  const said = typeof value === 'string' ? value : JSON.stringify(value);
  throw new SettingError(`-c ${setting}=${said} is not understood. It takes ${SETTINGS[setting]}.`);
}

function isThreshold(value: string): value is Threshold {
  return THRESHOLDS.some((threshold) => threshold === value);
}

function acceptedGap(value: unknown): value is AcceptedGap {
  if (typeof value !== 'object' || value === null || !('scope' in value) || !('reason' in value)) return false;
  return typeof value.scope === 'string' && typeof value.reason === 'string';
}

/** A text that is no JSON is only one more value that is not understood: undefined, which `read` refuses with the setting's help. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the settings from the context of an app. Existing resources are imported into `scope`. */
export function contextSettings(scope: Construct): Omit<IrsaAuditorProps, 'email'> {
  const text = (setting: Setting): string | undefined => {
    const value: unknown = scope.node.tryGetContext(setting);
    if (value === undefined || value === '') return undefined;
    return typeof value === 'string' ? value : refuse(setting, value);
  };
  const read = <T>(setting: Setting, parse: (value: string) => T | undefined): T | undefined => {
    const value = text(setting);
    return value === undefined ? undefined : (parse(value) ?? refuse(setting, value));
  };

  const zone = read('timeZone', (value) => TimeZone.of(value));
  const schedule = read('schedule', (value) =>
    /^(rate|cron)\(.+\)$/.test(value) ? ScheduleExpression.expression(value, zone) : undefined,
  );
  const longestGap = read('longestGapHours', (value) => (/^\d{1,3}$/.test(value) ? Duration.hours(Number(value)) : undefined));
  const list = (value: string): readonly string[] => value.split(',').map((item) => item.trim());
  const regions = read('regions', list);
  const notifyAt = read('notifyAt', (value) => (isThreshold(value) ? value : undefined));
  const flag = (value: string): boolean | undefined => ({ true: true, false: false })[value];
  const notifyWhenClean = read('notifyWhenClean', flag);
  const acceptUnread = read('acceptUnread', (value) => {
    const list = json(value);
    return Array.isArray(list) && list.every(acceptedGap) ? list : undefined;
  });
  const kubernetes = read('kubernetes', flag);
  const clusterAccess = read('clusterAccess', list);
  const topic = read('topicArn', (arn) => sns.Topic.fromTopicArn(scope, 'ExistingTopic', arn));
  const topicKey = read('topicKeyArn', (arn) => kms.Key.fromKeyArn(scope, 'ExistingTopicKey', arn));
  const topicEncryptionKey = read('topicEncryptionKey', (value) =>
    value === 'new' ? value : kms.Key.fromKeyArn(scope, 'EncryptionKey', value),
  );
  const role = read('roleArn', (arn) => iam.Role.fromRoleArn(scope, 'ExistingRole', arn));
  const reportRetention = read('reportRetentionDays', (value) => (/^[1-9]\d{0,3}$/.test(value) ? Duration.days(Number(value)) : undefined));
  const removeReports = read('removeReports', flag);
  // The construct leaves a role that it was given alone; this import holds nothing but what the auditor adds to it.
  if (role) acknowledge(role, READS_EVERYTHING, PUBLISHER_DATA_KEYS);
  return {
    ...(schedule && { schedule }),
    ...(longestGap && { longestGap }),
    ...(regions && { regions }),
    ...(notifyAt && { notifyAt }),
    ...(notifyWhenClean !== undefined && { notifyWhenClean }),
    ...(acceptUnread && { acceptUnread }),
    ...(kubernetes !== undefined && { kubernetes }),
    ...(clusterAccess && { clusterAccess }),
    ...(topic && { topic }),
    ...(topicKey && { topicKey }),
    ...(topicEncryptionKey && { topicEncryptionKey }),
    ...(role && { role }),
    ...(reportRetention && { reportRetention }),
    ...(removeReports !== undefined && { removeReports }),
  };
}
