import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BucketError, OverwrittenError } from './bucket-error.js';
import { inWords } from './in-words.js';

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
  /** @throws OverwrittenError where another has written since `expected`; BucketError where it was not taken */
  put(key: string, text: string, options: PutOptions): Promise<void>;
}

export interface BucketOptions {
  /** The region of the bucket; the environment's where left out. */
  readonly region?: string;
  /** Attempts, the first included. */
  readonly maxAttempts?: number;
}

/** As for a message: a bucket that gives no answer must not let the function run into its time-out. */
const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 5;

const NEXT: readonly (readonly [RegExp, string])[] = [
  [/NoSuchBucket/, "Name the bucket of the stack's output ReportsBucket; if it was deleted by hand, remove the stack and deploy it again."],
  [
    /AccessDenied|Forbidden|KMS|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken/,
    'Allow s3:GetObject, s3:PutObject and s3:ListBucket on this bucket to whoever runs this, and the use of its key where it has one.',
  ],
  [/Timeout|ECONN|ENOTFOUND|EAI_AGAIN/, 'Check that S3 is reached from here (in a VPC: its endpoint or NAT).'],
  [/PermanentRedirect|AuthorizationHeaderMalformed|Region is missing/, "Name the bucket's region: --region, or AWS_REGION."],
  [/CredentialsProviderError|Could not load credentials/, 'Log in first (aws sso login, AWS_PROFILE or the AWS_ variables).'],
];

function failure(doing: string, key: string, bucket: string, error: unknown): BucketError {
  const said = inWords(error);
  const next = NEXT.find(([pattern]) => pattern.test(said))?.[1] ?? 'Look at the error above and try again.';
  return new BucketError(`${key} could not be ${doing} s3://${bucket}: ${said}. ${next}`, { cause: error });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** Opens a bucket with the ambient credentials. Nothing is asked of AWS before the first read or write. */
export function openBucket(name: string, options: BucketOptions = {}): Bucket {
  const client = new S3Client({
    ...(options.region === undefined ? {} : { region: options.region }),
    maxAttempts: options.maxAttempts ?? MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true },
  });
  return {
    async get(key) {
      try {
        const { Body: body, ETag: etag = '' } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }));
        return { text: (await body?.transformToString()) ?? '', etag };
      } catch (error) {
        // Without leave to list the bucket S3 answers AccessDenied for an object that is not there: then nobody can tell.
        if (nameOf(error) === 'NoSuchKey') return null;
        throw failure('read from', key, name, error);
      }
    },
    async put(key, text, { contentType, expected }) {
      const condition = expected === undefined ? {} : expected === null ? { IfNoneMatch: '*' } : { IfMatch: expected };
      try {
        await client.send(
          new PutObjectCommand({
            Bucket: name,
            Key: key,
            Body: text,
            ContentLength: Buffer.byteLength(text),
            ContentType: contentType,
            ...condition,
          }),
        );
      } catch (error) {
        if (/PreconditionFailed|ConditionalRequestConflict/.test(nameOf(error)))
          throw new OverwrittenError(`Another run has written ${key} in s3://${name} meanwhile.`, { cause: error });
        throw failure('written to', key, name, error);
      }
    },
  };
}
