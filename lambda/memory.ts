import { OverwrittenError } from '../src/deliver/bucket-error.js';
import type { Bucket } from '../src/deliver/bucket.js';
import { BUCKET_KEYS } from '../src/deliver/names.js';
import type { State } from '../src/model/state.js';
import { parseState, printState } from '../src/state-file.js';

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

/** Reads the memory. It is read before the account: a run that began earlier must not overwrite what a later one saw. */
export async function recall(bucket: Bucket, rules: readonly string[]): Promise<Memory> {
  const stored = await bucket.get(BUCKET_KEYS.state);
  if (stored === null) return { state: null, unusable: null, etag: null, text: '' };
  const read = parseState(stored.text, rules);
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

/** Writes the memory, if it is still the one that was read. @returns false = another run was faster, and nothing was written */
export async function remember(bucket: Bucket, state: State, { etag }: Memory): Promise<boolean> {
  try {
    await bucket.put(BUCKET_KEYS.state, printState(state), { contentType: JSON_TYPE, expected: etag });
    return true;
  } catch (error) {
    if (error instanceof OverwrittenError) return false;
    throw error;
  }
}
