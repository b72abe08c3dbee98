import { Token } from 'aws-cdk-lib';
import { ENVIRONMENT } from '../lambda/names.js';
import { SettingError } from './setting-error.js';

/** The severities that a threshold can name, mildest first. */
export const THRESHOLDS = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Threshold = (typeof THRESHOLDS)[number];

/** A gap that is known and accepted: it stays in every report and no longer makes the audit incomplete. */
export interface AcceptedGap {
  /** A region, `region/cluster`, or an IAM action such as `account:ListRegions`. */
  readonly scope: string;
  /** Why it is accepted; printed with the gap. */
  readonly reason: string;
}

/** What the person who deploys decides about an audit. */
export interface AuditSettings {
  /** Regions to audit. Default: every region that is enabled in the account. */
  readonly regions?: readonly string[];
  /** Lowest severity that is published. Default: `low`. */
  readonly notifyAt?: Threshold;
  /** Publish even when a complete audit found nothing. Default: false. */
  readonly notifyWhenClean?: boolean;
  /** Where the folder `docs` of this package is published, for links in emails and alarms: https, without a slash at the end. Default: no links. */
  readonly docsBaseUrl?: string;
  /** Reads that are known to be refused. Default: none. */
  readonly acceptUnread?: readonly AcceptedGap[];
  /** Scan inside the clusters too, over the Kubernetes API: each has to let the function's role in. Default: false. */
  readonly kubernetes?: boolean;
}

/** Lambda's limit for all variables together. */
const MOST_BYTES = 4096;

/** What is only known when it is deployed. */
export interface DeployedNames {
  readonly topicArn: string;
  readonly bucket: string;
}

/** What their values take at most: the name of a topic has up to 256 characters, that of a bucket 63. */
const MOST_BYTES_OF: Readonly<Record<keyof DeployedNames, number>> = { topicArn: 320, bucket: 63 };

/** The function's environment. Everything but topic and bucket keeps the function's own default where it is not set. */
export function functionEnvironment({ topicArn, bucket }: DeployedNames, settings: AuditSettings): Record<string, string> {
  const { regions = [], notifyAt, notifyWhenClean, docsBaseUrl, acceptUnread = [], kubernetes } = settings;
  for (const region of regions) {
    if (!Token.isUnresolved(region) && !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) {
      throw new SettingError(`${JSON.stringify(region)} is not the name of a region. Regions are named like eu-west-1.`);
    }
  }
  const chosen: Record<string, string> = {
    ...(regions.length > 0 ? { [ENVIRONMENT.regions]: regions.join(',') } : {}),
    ...(notifyAt === undefined ? {} : { [ENVIRONMENT.notifyAt]: notifyAt }),
    ...(notifyWhenClean === undefined ? {} : { [ENVIRONMENT.notifyWhenClean]: String(notifyWhenClean) }),
    ...(docsBaseUrl === undefined ? {} : { [ENVIRONMENT.docsBaseUrl]: docsBaseUrl }),
    ...(acceptUnread.length > 0 ? { [ENVIRONMENT.acceptUnread]: JSON.stringify(acceptUnread) } : {}),
    ...(kubernetes === undefined ? {} : { [ENVIRONMENT.kubernetes]: String(kubernetes) }),
  };
  const ofTheNames = ENVIRONMENT.topicArn.length + MOST_BYTES_OF.topicArn + ENVIRONMENT.bucket.length + MOST_BYTES_OF.bucket;
  const bytes = Object.entries(chosen).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), ofTheNames);
  if (bytes > MOST_BYTES) {
    throw new SettingError(
      `The settings take ${String(bytes)} bytes of the function's environment and Lambda allows ${String(MOST_BYTES)}. ` +
        'Shorten the reasons of acceptUnread, or accept one action instead of many regions.',
    );
  }
  return { [ENVIRONMENT.topicArn]: topicArn, [ENVIRONMENT.bucket]: bucket, ...chosen };
}
