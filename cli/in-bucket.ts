import type { Bucket } from '../src/deliver/bucket.js';
import { NoIdentityError } from '../src/collect/no-identity-error.js';
import { accessIn } from './aws-access.js';
import { UsageError, type AwsAccess, type Io } from './io.js';

export interface BucketArguments extends AwsAccess {
  readonly bucket: string;
  readonly region?: string;
}

/** Does something in the bucket that the user named. A bucket that cannot be used is the user's to mend. @throws UsageError */
export async function inBucket<T>({ bucket, region, ...access }: BucketArguments, io: Io, act: (bucket: Bucket) => Promise<T>): Promise<T> {
  const opened = await io.bucket(bucket, region, accessIn(access));
  try {
    return await act(opened);
  } catch (error) {
    // Its file brings the S3 client, which is loaded by now and which the other commands do without.
    const { BucketError } = await import('../src/deliver/bucket.js');
    if (error instanceof BucketError && error.cause instanceof NoIdentityError) throw error.cause;
    throw error instanceof BucketError ? new UsageError(error.message, { cause: error }) : error;
  }
}
