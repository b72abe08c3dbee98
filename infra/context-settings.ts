import { Duration, TimeZone } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { DOCS_ADDRESS } from '../src/lib/docs-address.js';
import { nearest } from '../src/lib/nearest.js';
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
  notifyEmail: 'comma-separated addresses that get findings and alarms, beside that of the parameter NotifyEmail',
  notifyWhenClean: 'true or false: also tell when nothing was found; default false',
  docsBaseUrl: 'https address at which the folder docs is published, without a slash at its end; default none',
  acceptUnread: 'JSON: [{"scope":"account:ListRegions","reason":"denied by our service control policy"}]',
  kubernetes: 'true or false: also scan inside the clusters, over the Kubernetes API; default false',
  clusterAccess: 'comma-separated names of clusters in the region of the stack that allow the function',
  topicArn: 'ARN of an existing topic for the findings, which is no FIFO topic: arn:aws:sns:eu-west-1:111122223333:alerts',
  topicKeyArn: 'ARN of the customer managed key of that topic, no alias: arn:aws:kms:eu-west-1:111122223333:key/0a1b…',
  topicEncryptionKey: 'new, or the ARN of a customer managed key for the topics made here, no alias',
  roleArn: 'ARN of an existing role for the function: arn:aws:iam::111122223333:role/reader',
  reportsBucket: 'name of the bucket that a removed stack left, to go on with its memory, settings and reports',
  reportRetentionDays: 'days for which the reports in the bucket are kept; default 90',
  removeReports: 'true or false: bucket and reports go with the stack; default false',
} as const;
type Setting = keyof typeof SETTINGS;

/** One topic, role or key. A FIFO topic would take no message without a group. */
const ARN_OF = {
  topic: /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
  role: /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  key: /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
};

/** As the parameter takes it. */
const ADDRESS = /^[^@\s]+@[^@\s]+$/;
/** What S3 takes for a name. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** How far a name may be from one of ours and still be meant for it. */
const SLIP = 3;

/**
 * Refuses a name that nobody reads: a setting that was misspelled would be left at its default without a word. The context also
 * holds what is CDK's own, which has a colon, a slash or a hyphen in it and resembles no setting.
 */
function checkNames(names: readonly string[]): void {
  const ours = Object.keys(SETTINGS);
  const bare = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');
  for (const name of names.filter((one) => !ours.includes(one) && !/[:/]/.test(one))) {
    const near = nearest(bare(name), ours.map(bare), SLIP);
    const meant = ours.find((one) => bare(one) === near);
    if (meant === undefined && name.includes('-')) continue;
    const guess = meant === undefined ? '' : ` Did you mean ${meant}?`;
    throw new SettingError(`-c ${name}=… is no setting of this app.${guess} Its settings: ${ours.join(', ')}.`);
  }
}

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

/** EventBridge Scheduler knows the zones of the IANA database, which Node knows too: an unknown one would fail the deployment at its end. */
function timeZone(name: string): TimeZone {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  try {
    // Names of earlier versions of the database, such as Asia/Calcutta, are no longer listed and still good.
    new Intl.DateTimeFormat('en', { timeZone: name });
    return TimeZone.of(name);
  } catch {
    const lower = name.toLowerCase();
    const near = zones.find((zone) => zone.toLowerCase().endsWith(`/${lower}`)) ?? nearest(name, zones, SLIP);
    const guess = near === null ? '' : ` Did you mean ${near}?`;
    throw new SettingError(`-c timeZone=${name} is not understood.${guess} It takes a ${SETTINGS.timeZone}.`);
  }
}

/** Reads the settings from the context of an app. Existing resources are imported into `scope`. */
export function contextSettings(scope: Construct): Omit<IrsaAuditorProps, 'email'> {
  checkNames(Object.keys(scope.node.getAllContext() as object));
  const text = (setting: Setting): string | undefined => {
    const value: unknown = scope.node.tryGetContext(setting);
    if (value === undefined || value === '') return undefined;
    return typeof value === 'string' ? value : refuse(setting, value);
  };
  const read = <T>(setting: Setting, parse: (value: string) => T | undefined): T | undefined => {
    const value = text(setting);
    return value === undefined ? undefined : (parse(value) ?? refuse(setting, value));
  };

  const zone = read('timeZone', timeZone);
  const schedule = read('schedule', (value) =>
    /^(rate|cron)\(.+\)$/.test(value) ? ScheduleExpression.expression(value, zone) : undefined,
  );
  const longestGap = read('longestGapHours', (value) => (/^\d{1,3}$/.test(value) ? Duration.hours(Number(value)) : undefined));
  const list = (value: string): readonly string[] => value.split(',').map((item) => item.trim());
  const regions = read('regions', list);
  const notifyAt = read('notifyAt', (value) => (isThreshold(value) ? value : undefined));
  const flag = (value: string): boolean | undefined => ({ true: true, false: false })[value];
  const notifyWhenClean = read('notifyWhenClean', flag);
  const docsBaseUrl = read('docsBaseUrl', (value) => (DOCS_ADDRESS.test(value) ? value : undefined));
  const acceptUnread = read('acceptUnread', (value) => {
    const list = json(value);
    return Array.isArray(list) && list.every(acceptedGap) ? list : undefined;
  });
  const kubernetes = read('kubernetes', flag);
  const clusterAccess = read('clusterAccess', list);
  const topic = read('topicArn', (arn) => (ARN_OF.topic.test(arn) ? sns.Topic.fromTopicArn(scope, 'ExistingTopic', arn) : undefined));
  const keyOf = (id: string) => (arn: string) => (ARN_OF.key.test(arn) ? kms.Key.fromKeyArn(scope, id, arn) : undefined);
  const topicKey = read('topicKeyArn', keyOf('ExistingTopicKey'));
  const topicEncryptionKey = read('topicEncryptionKey', (value) => (value === 'new' ? value : keyOf('EncryptionKey')(value)));
  const role = read('roleArn', (arn) => (ARN_OF.role.test(arn) ? iam.Role.fromRoleArn(scope, 'ExistingRole', arn) : undefined));
  const emails = read('notifyEmail', (value) => (list(value).every((one) => ADDRESS.test(one)) ? list(value) : undefined));
  const reportsBucket = read('reportsBucket', (value) =>
    BUCKET_NAME.test(value) ? s3.Bucket.fromBucketName(scope, 'KeptReports', value) : undefined,
  );
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
    ...(docsBaseUrl !== undefined && { docsBaseUrl }),
    ...(acceptUnread && { acceptUnread }),
    ...(kubernetes !== undefined && { kubernetes }),
    ...(clusterAccess && { clusterAccess }),
    ...(topic && { topic }),
    ...(topicKey && { topicKey }),
    ...(topicEncryptionKey && { topicEncryptionKey }),
    ...(role && { role }),
    ...(emails && { emails }),
    ...(reportsBucket && { reportsBucket }),
    ...(reportRetention && { reportRetention }),
    ...(removeReports !== undefined && { removeReports }),
  };
}
