/**
 * An object that could not be read or written; it says which, where, and what to do. It stands apart from the client of S3,
 * so that knowing the error does not mean loading that.
 */
export class BucketError extends Error {
  override readonly name: string = 'BucketError';
}

/** Somebody else has written the object in between. */
export class OverwrittenError extends BucketError {
  override readonly name = 'OverwrittenError';
}
