import { NoIdentityError } from '../../src/collect/reading/no-identity-error.js';
import type { Bucket } from '../../src/deliver/bucket.js';
import { accessIn } from './aws-access.js';
import { UsageError, type AwsAccess, type Io } from '../terminal/io.js';

export interface BucketArguments extends AwsAccess {
  readonly bucket?: string;
  readonly region?: string;
}

/** A bucket by its name. */
export interface NamedBucket extends BucketArguments {
  readonly bucket: string;
}

/** The bucket that is meant: the one that is named, that of the environment, or that of the deployed stack. @throws UsageError */
export async function bucketMeant(options: BucketArguments, io: Io): Promise<NamedBucket> {
  const bucket = options.bucket ?? io.ambientBucket ?? (await io.stackBucket(options.region, accessIn(options)));
  return { ...options, bucket };
}

/** Does something in a bucket. One that cannot be used is the user's to mend. @throws UsageError */
export async function inBucket<T>({ bucket, region, ...access }: NamedBucket, io: Io, act: (bucket: Bucket) => Promise<T>): Promise<T> {
  const opened = await io.bucket(bucket, region, accessIn(access));
  try {
    return await act(opened);
  } catch (error) {
    // Its file brings the S3 client, which is loaded by now and which the other commands do without.
    const { BucketError } = await import('../../src/deliver/bucket.js');
    if (error instanceof BucketError && error.cause instanceof NoIdentityError) throw error.cause;
    throw error instanceof BucketError ? new UsageError(error.message, { cause: error }) : error;
  }
}
