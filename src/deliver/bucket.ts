import { GetObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { BucketError, OverwrittenError } from './bucket-error.js';
import { errorInWords } from '../lib/error-in-words.js';

export { BucketError, OverwrittenError } from './bucket-error.js';

/** One object's text, and the tag by which the next writer proves that nobody wrote in between. */
export interface StoredText {
  readonly text: string;
  readonly etag: string;
}

export interface PutOptions {
  readonly contentType: string;
  /** The tag that the object must still have; null = it must not exist; left out = whatever is there is replaced. */
  readonly expected?: string | null;
}

/** Texts in one bucket. */
export interface Bucket {
  /** Null = there is no such object. @throws BucketError where it could not be read */
  get(key: string): Promise<StoredText | null>;
  /** @throws OverwrittenError where S3 says that the object is not what was expected; BucketError where it was not taken */
  put(key: string, text: string, options: PutOptions): Promise<void>;
}

/** Credentials and region are those of the environment, but for what is said here. */
export interface BucketOptions extends Pick<S3ClientConfig, 'profile' | 'credentials' | 'logger'> {
  /** The region of the bucket; the environment's where left out. */
  readonly region?: string;
  /** The account that the bucket must be of; that of the credentials where left out. */
  readonly owner?: string;
  /** Attempts, the first included. */
  readonly maxAttempts?: number;
}

/** As for a message: a bucket that gives no answer must not let the function run into its time-out. */
const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 5;

/** What to do about a failure, by what S3 or STS said of it. */
const nextSteps = (owner: string): readonly (readonly [RegExp, string])[] => [
  [/NoSuchBucket/, "Name the bucket of the stack's output ReportsBucket; if it was deleted by hand, remove the stack and deploy it again."],
  [
    /CredentialsProviderError|Could not load credentials|InvalidAccessKeyId|InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken/,
    'Log in first (aws sso login, AWS_PROFILE or the AWS_ variables).',
  ],
  [
    /AccessDenied|Forbidden|KMS/,
    'Allow s3:GetObject, s3:PutObject and s3:ListBucket on this bucket to whoever runs this, and the use of its key where it has one. ' +
      `S3 also says so where the bucket is not of account ${owner}, which alone is trusted: a bucket that was deleted can be recreated, ` +
      'under its name, by any account. Then remove the stack and deploy it again.',
  ],
  [/Timeout|ECONN|ENOTFOUND|EAI_AGAIN/, 'Check that S3 is reached from here (in a VPC: its endpoint or NAT).'],
  [/PermanentRedirect|AuthorizationHeaderMalformed|Region is missing/, "Name the bucket's region: --region, or AWS_REGION."],
];

function failure(what: string, error: unknown, owner: string): BucketError {
  const said = errorInWords(error);
  const next = nextSteps(owner).find(([pattern]) => pattern.test(said))?.[1] ?? 'Look at the error above and try again.';
  return new BucketError(`${what}: ${said}. ${next}`, { cause: error });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/**
 * Opens a bucket. Nothing is asked of AWS before the first read or write. Every call says whose
 * the bucket must be: names of buckets are one namespace for all accounts, and one that was deleted is free to be taken.
 */
export function openBucket(name: string, { owner, maxAttempts = MAX_ATTEMPTS, ...whose }: BucketOptions = {}): Bucket {
  const requestHandler = { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true };
  const client = new S3Client({ ...whose, maxAttempts, requestHandler });
  let known = owner;
  /** The owner, and where an object is for a call. */
  const placeOf = async (what: string, key: string) => {
    try {
      known ??= await (await import('./caller-account.js')).callerAccount({ ...whose, requestHandler });
    } catch (error) {
      throw failure(`${what}, since it is not known which account these credentials are of`, error, '');
    }
    return { Bucket: name, Key: key, ExpectedBucketOwner: known };
  };
  return {
    async get(key) {
      const what = `${key} could not be read from s3://${name}`;
      const place = await placeOf(what, key);
      try {
        const { Body: body, ETag: etag = '' } = await client.send(new GetObjectCommand(place));
        return { text: (await body?.transformToString()) ?? '', etag };
      } catch (error) {
        // Without leave to list the bucket S3 answers AccessDenied for an object that is not there: then nobody can tell.
        if (nameOf(error) === 'NoSuchKey') return null;
        throw failure(what, error, place.ExpectedBucketOwner);
      }
    },
    async put(key, text, { contentType, expected }) {
      const what = `${key} could not be written to s3://${name}`;
      const place = await placeOf(what, key);
      const condition = expected === undefined ? {} : expected === null ? { IfNoneMatch: '*' } : { IfMatch: expected };
      const content = { Body: text, ContentLength: Buffer.byteLength(text), ContentType: contentType };
      try {
        await client.send(new PutObjectCommand({ ...place, ...content, ...condition }));
      } catch (error) {
        if (/PreconditionFailed|ConditionalRequestConflict/.test(nameOf(error)))
          throw new OverwrittenError(`${what}: S3 says that it is not what was read before (${errorInWords(error)}).`, { cause: error });
        throw failure(what, error, place.ExpectedBucketOwner);
      }
    },
  };
}
