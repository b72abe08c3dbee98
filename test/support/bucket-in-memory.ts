import { BucketError, type Bucket, type PutOptions } from '../../src/deliver/bucket.js';

/** What was written to a bucket in memory, and by which name and region it was opened. */
export interface BucketInMemory {
  readonly open: (name: string, region?: string) => Promise<Bucket>;
  readonly opened: readonly (readonly [string, string | undefined])[];
  readonly objects: Map<string, string>;
  readonly puts: readonly PutOptions[];
}

/** A bucket that holds these objects; one that gives no answer fails with `broken`. */
export function bucketInMemory(objects: Readonly<Record<string, string>> = {}, broken?: string): BucketInMemory {
  const held = new Map(Object.entries(objects));
  const opened: [string, string | undefined][] = [];
  const puts: PutOptions[] = [];
  const answer = <T>(value: () => T): Promise<T> =>
    broken === undefined ? Promise.resolve(value()) : Promise.reject(new BucketError(broken));
  const bucket: Bucket = {
    get: (key) => {
      const text = held.get(key);
      return answer(() => (text === undefined ? null : { text, etag: `"${key}"` }));
    },
    put: (key, text, options) =>
      answer(() => {
        held.set(key, text);
        puts.push(options);
      }),
  };
  return {
    open: (name, region) => {
      opened.push([name, region]);
      return Promise.resolve(bucket);
    },
    opened,
    objects: held,
    puts,
  };
}
