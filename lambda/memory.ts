import { BucketError, OverwrittenError } from '../src/deliver/bucket-error.js';
import type { Bucket } from '../src/deliver/bucket.js';
import { BUCKET_KEYS } from '../src/deliver/names.js';
import type { State } from '../src/model/report/state.js';

/** What the bucket remembers, as it was read before anything else. */
export interface Memory {
  /** Null = nothing can be used: this is told as a first run. */
  readonly state: State | null;
  /** Why what lay there could not be used; null = it could, or nothing lay there. */
  readonly unusable: string | null;
  /** The tag that the object must still have when it is written again; null = there is none. */
  readonly etag: string | null;
  readonly text: string;
}

const JSON_TYPE = 'application/json';

/** What holds the memory against its schema is loaded when there is one: the function starts without it. */
const stateFile = async () => import('../src/saved/state-file.js');

/** Reads the memory. It is read before the account: a run that began earlier must not overwrite what a later one saw. */
export async function recall(bucket: Bucket, now: string): Promise<Memory> {
  const stored = await bucket.get(BUCKET_KEYS.state);
  if (stored === null) return { state: null, unusable: null, etag: null, text: '' };
  const read = (await stateFile()).parseState(stored.text, now);
  const { text, etag } = stored;
  return 'state' in read ? { state: read.state, unusable: null, etag, text } : { state: null, unusable: read.unusable, etag, text };
}

/** The memory, where it is that of this account. */
export function ofAccount(memory: Memory, account: string): Memory {
  const { state } = memory;
  if (state === null || state.account === account) return memory;
  return { ...memory, state: null, unusable: `it is that of account ${state.account}, and this is ${account}` };
}

/** Keeps what cannot be used where nothing overwrites it. @returns the key */
export async function keepAside(bucket: Bucket, { text }: Memory, now: string): Promise<string> {
  const key = `${BUCKET_KEYS.stateAside}${now}.json`;
  await bucket.put(key, text, { contentType: JSON_TYPE });
  return key;
}

/** Whether the memory is still the one that was read: asked before anything is told, so that two runs at once tell it once. */
export async function isCurrent(bucket: Bucket, { etag }: Memory): Promise<boolean> {
  return ((await bucket.get(BUCKET_KEYS.state))?.etag ?? null) === etag;
}

/** S3 answers a conditional write beside another with a conflict that is over when it is tried again (S3 documentation). */
const WRITES = 3;

/**
 * Writes the memory, if it is still the one that was read. Whether it is, the object itself says: S3 also refuses a write that
 * is beside another which came to nothing, and one that it has carried out and whose first answer was lost.
 * @returns false = another run was faster, and nothing was written
 * @throws BucketError where it is refused though no run has written it
 */
export async function remember(bucket: Bucket, state: State, { etag }: Memory): Promise<boolean> {
  const text = (await stateFile()).printState(state);
  for (let write = 1; ; write += 1) {
    try {
      await bucket.put(BUCKET_KEYS.state, text, { contentType: JSON_TYPE, expected: etag });
      return true;
    } catch (error) {
      if (!(error instanceof OverwrittenError)) throw error;
      const stored = await bucket.get(BUCKET_KEYS.state);
      if (stored?.text === text) return true;
      if ((stored?.etag ?? null) !== etag) return false;
      if (write === WRITES)
        throw new BucketError(
          `${error.message} It was tried ${WRITES} times, and no run has written it since: the next run tells again what this one told. ` +
            'Look at what is between the function and S3 (an endpoint, a proxy), and at who else writes this object.',
          { cause: error },
        );
    }
  }
}
