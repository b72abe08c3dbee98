/**
 * An object that could not be read or written; it says which, where, and what to do. It is apart from the client of S3,
 * so that knowing the error does not mean loading that.
 */
export class BucketError extends Error {
  override readonly name: string = 'BucketError';
}

/**
 * S3 says that the object is not what was expected. Mostly somebody else has written it; it may also be this very write, whose
 * first answer was lost, or a conflict with a write that came to nothing: who must know reads the object again.
 */
export class OverwrittenError extends BucketError {
  override readonly name = 'OverwrittenError';
}
