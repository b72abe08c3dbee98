import { Stack, Validations } from 'aws-cdk-lib';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** One cdk-nag finding that is on purpose. The id is what cdk-nag prints, detail in brackets included. */
export interface Acknowledgement {
  readonly id: string;
  readonly reason: string;
}

/** On the function's role. */
export const READS_EVERYTHING: Acknowledgement = {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason:
    'An audit lists every cluster, provider and role before it knows a name, so no resource can be named. ' +
    'The statement holds read actions alone, each named.',
};

/** On the function's role, in place of the one above, where the function is in a VPC. */
export const READS_EVERYTHING_FROM_A_VPC: Acknowledgement = {
  ...READS_EVERYTHING,
  reason: `${READS_EVERYTHING.reason} Beside it Lambda, and not the function, makes the network interfaces of the VPC, whose names nobody knows before.`,
};

/** On the function's role, where the topic has a customer managed key. */
export const PUBLISHER_DATA_KEYS: Acknowledgement = {
  id: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
  reason: 'SNS asks publishers to an encrypted topic for kms:GenerateDataKey*; the statement names the one key of the topic.',
};

/** On both queues: cdk-nag knows the dead-letter queues of queues and functions, not those of schedules and destinations. */
export const IS_A_DEAD_LETTER_QUEUE: Acknowledgement = {
  id: 'AwsSolutions-SQS3',
  reason: 'This queue is itself the last stop of lost runs: nothing consumes it, so nothing in it can fail and need a further queue.',
};

/** On the bucket. */
export const KEEPS_NO_ACCESS_LOG: Acknowledgement = {
  id: 'AwsSolutions-S1',
  reason:
    'An access log needs a second bucket, which has no log itself and costs more than this one. One function and the people who ' +
    'read its reports use the bucket; who must know of every access has the data events of CloudTrail.',
};

/** On the function's role: the keys of one bucket that start alike, as cdk-nag writes them. */
export function writesUnder(bucket: Pick<IBucket, 'node' | 'bucketName'>, keys: string): Acknowledgement {
  const made = bucket.node.defaultChild;
  // One that is there already has its name in the template.
  const arn =
    made !== undefined && CfnBucket.isCfnBucket(made)
      ? `<${Stack.of(made).getLogicalId(made)}.Arn>`
      : `arn:<AWS::Partition>:s3:::${bucket.bucketName}`;
  return {
    id: `AwsSolutions-IAM5[Resource::${arn}/${keys}]`,
    reason: 'The name of a report holds the time of its run, so only the folder can be named. The one action on it is s3:PutObject.',
  };
}

/** On the schedule's role; the logical id is that of the function. */
export function invokesAnyVersion(functionLogicalId: string): Acknowledgement {
  return {
    id: `AwsSolutions-IAM5[Resource::<${functionLogicalId}.Arn>:*]`,
    reason: 'CDK grants invoking a function together with its versions and aliases; it is this one function, which has neither.',
  };
}

export function acknowledge(construct: IConstruct, ...acknowledgements: readonly Acknowledgement[]): void {
  Validations.of(construct).acknowledge(...acknowledgements);
}
