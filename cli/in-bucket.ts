import type { Bucket } from '../src/deliver/bucket.js';
import { UsageError, type Io } from './io.js';

export interface BucketArguments {
  readonly bucket: string;
  readonly region?: string;
}

/** Does something in the bucket that the user named. A bucket that cannot be used is the user's to mend. @throws UsageError */
export async function inBucket<T>({ bucket, region }: BucketArguments, io: Io, act: (bucket: Bucket) => Promise<T>): Promise<T> {
  const opened = await io.bucket(bucket, region);
  try {
    return await act(opened);
  } catch (error) {
    // Its file brings the S3 client, which is loaded by now and which the other commands do without.
    const { BucketError } = await import('../src/deliver/bucket.js');
    throw error instanceof BucketError ? new UsageError(error.message, { cause: error }) : error;
  }
}
