import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { BUCKET_KEYS } from '../src/deliver/names.js';
import { SettingError } from './setting-error.js';
import { acknowledge, KEEPS_NO_ACCESS_LOG, writesUnder } from './nag-acknowledgements.js';

/** A bucket that is made here, or one that is there. (CDK's class does not fit its own interface where optional members are exact.) */
export type ReportsBucket = s3.Bucket | s3.IBucket;

export interface ReportsBucketProps {
  /** How long the report of a run is kept. Default: 90 days. */
  readonly reportRetention?: Duration;
  /** Whether bucket and reports go with the stack. Default: false. */
  readonly removeReports?: boolean;
  /** The bucket that a removed stack left, to go on with; its lifecycle and policy stay as they are. Default: a new one. */
  readonly reportsBucket?: ReportsBucket;
}

/** What a run leaves behind permanently; all else in the bucket is the newest of its kind and has no age. */
const PILES_UP = [BUCKET_KEYS.reports, BUCKET_KEYS.stateAside];

/**
 * The bucket that holds memory, settings and reports of the audit. It is versioned: memory or settings that were
 * overwritten by mistake can be had back for a month.
 */
export function reportsBucket(scope: Construct, id: string, props: ReportsBucketProps): ReportsBucket {
  const { reportRetention = Duration.days(90), removeReports = false } = props;
  if (props.reportsBucket !== undefined) {
    if (props.reportRetention !== undefined || removeReports)
      throw new SettingError(
        'A bucket that is kept (reportsBucket) keeps its own lifecycle, and is never removed: leave reportRetention (-c reportRetentionDays) and removeReports out.',
      );
    return props.reportsBucket;
  }
  const bucket = new s3.Bucket(scope, id, {
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    versioned: true,
    lifecycleRules: [
      ...PILES_UP.map((prefix) => ({ prefix, expiration: reportRetention })),
      { noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    ...(removeReports ? { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true } : { removalPolicy: RemovalPolicy.RETAIN }),
  });
  acknowledge(bucket, KEEPS_NO_ACCESS_LOG);
  return bucket;
}

/** Lets the function keep its memory, read its settings and leave its reports: by key, and nothing is ever deleted. */
export function grantReports(role: iam.IRole, bucket: ReportsBucket): void {
  const allow = (sid: string, action: string, resources: readonly string[]) =>
    role.addToPrincipalPolicy(new iam.PolicyStatement({ sid, actions: [action], resources: [...resources] }));
  const objects = (...keys: readonly string[]) => keys.map((key) => bucket.arnForObjects(key));
  const { state, settings, latestJson, latestText, latestHtml } = BUCKET_KEYS;
  const under = PILES_UP.map((prefix) => `${prefix}*`);
  allow('ReadMemoryAndSettings', 's3:GetObject', objects(state, settings));
  allow('WriteMemoryAndReports', 's3:PutObject', objects(state, latestJson, latestText, latestHtml, ...under));
  // Without it S3 answers 403 instead of 404 for an object that is not there: "denied" could not be told from "first run".
  allow('TellAbsentFromDenied', 's3:ListBucket', [bucket.bucketArn]);
  acknowledge(role, ...under.map((keys) => writesUnder(bucket, keys)));
}
