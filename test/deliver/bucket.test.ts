import { CreateBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BucketError, openBucket, OverwrittenError, type Bucket } from '../../src/deliver/bucket.js';
import { TestAccount } from '../support/aws/account.js';
import { FaultyEndpoint, serviceError, type Fault } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto, requireMoto } from '../support/aws/moto.js';

const REGION = 'eu-central-1';
const YAML = { contentType: 'application/yaml' };

/** An error as S3 writes it, which is no other service's way. */
const s3Error = (code: string, message: string, status: number): Fault => ({
  kind: 'answer',
  answer: () => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  }),
});

describeOnMoto('a bucket', () => {
  let account: TestAccount;
  let name: string;
  let client: S3Client;
  let bucket: Bucket;
  beforeEach(async () => {
    account = new TestAccount();
    account.enter({ region: 'us-east-1' });
    // Names of buckets are one namespace for all accounts.
    name = `reports-${account.id}`;
    client = new S3Client({ region: REGION, endpoint: requireMoto(), credentials: account.credentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: REGION } }));
    bucket = openBucket(name, { region: REGION, maxAttempts: 1 });
  });

  const rejected = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => null,
      (error: unknown) => error,
    );
  const etag = async (key: string): Promise<string> => (await bucket.get(key))?.etag ?? '';

  it('gives back what was put, with its type', async () => {
    await bucket.put('a/b.yaml', 'zwölf: 12\n', YAML);
    expect(await bucket.get('a/b.yaml')).toEqual({ text: 'zwölf: 12\n', etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) });
    expect((await client.send(new HeadObjectCommand({ Bucket: name, Key: 'a/b.yaml' }))).ContentType).toBe('application/yaml');
  });

  it('has nothing under a key that was never written', async () => expect(await bucket.get('missing')).toBe(null));

  it('replaces whatever is there where nothing is expected', async () => {
    await bucket.put('key', 'one', YAML);
    await bucket.put('key', 'two', YAML);
    expect((await bucket.get('key'))?.text).toBe('two');
  });

  it('writes what must not exist yet once', async () => {
    await bucket.put('key', 'one', { ...YAML, expected: null });
    const error = await rejected(bucket.put('key', 'two', { ...YAML, expected: null }));
    expect(error).toBeInstanceOf(OverwrittenError);
    expect((error as Error).message).toMatch(
      `key could not be written to s3://${name}: S3 says that it is not what was read before (PreconditionFailed`,
    );
    expect((await bucket.get('key'))?.text).toBe('one');
  });

  it('writes over what it has read, and over nothing that came later', async () => {
    await bucket.put('key', 'one', YAML);
    const first = await etag('key');
    await bucket.put('key', 'two', { ...YAML, expected: first });
    expect((await bucket.get('key'))?.text).toBe('two');
    expect(await rejected(bucket.put('key', 'three', { ...YAML, expected: first }))).toBeInstanceOf(OverwrittenError);
    expect((await bucket.get('key'))?.text).toBe('two');
  });

  it('says that a bucket does not exist, and what to do', async () => {
    const missing = openBucket(`${name}-missing`, { region: REGION, maxAttempts: 1 });
    const errors = [await rejected(missing.get('key')), await rejected(missing.put('key', 'text', YAML))];
    expect(errors.map((error) => [error instanceof BucketError, error instanceof OverwrittenError])).toEqual([
      [true, false],
      [true, false],
    ]);
    const told = errors.map((error) => (error as Error).message);
    const answer = `s3://${name}-missing: NoSuchBucket: The specified bucket does not exist. `;
    expect(told.map((message) => message.split(answer)[0])).toEqual(['key could not be read from ', 'key could not be written to ']);
    for (const message of told) expect(message.split(answer)[1]).toMatch(/name the bucket of .*ReportsBucket/i);
  });

  describe('whose calls are seen', () => {
    let endpoint: FaultyEndpoint;
    beforeEach(async () => {
      endpoint = await FaultyEndpoint.start();
      account.enter({ endpoint: endpoint.url, region: REGION });
    });
    afterEach(() => endpoint.stop());
    const owners = () =>
      endpoint.seen
        .filter(({ service }) => service === 's3')
        .map(({ method, headers }) => [method, headers['x-amz-expected-bucket-owner']]);
    async function everyCall(opened: Bucket): Promise<void> {
      expect(await opened.get('key')).toBe(null);
      await opened.put('key', 'one', { ...YAML, expected: null });
      await opened.put('key', 'two', { ...YAML, expected: (await opened.get('key'))?.etag ?? '' });
      await opened.put('key', 'three', YAML);
    }

    it('names the owner that it was given, in every call', async () => {
      await everyCall(openBucket(name, { maxAttempts: 1, owner: '999999999999' }));
      expect(owners()).toEqual(['GET', 'PUT', 'GET', 'PUT', 'PUT'].map((method) => [method, '999999999999']));
      expect(endpoint.counts()).not.toHaveProperty('GetCallerIdentity');
    });

    it('names the account of the credentials where it was given none, and asks for it once', async () => {
      await everyCall(openBucket(name, { maxAttempts: 1 }));
      expect(owners()).toEqual(['GET', 'PUT', 'GET', 'PUT', 'PUT'].map((method) => [method, account.id]));
      expect(endpoint.counts()).toHaveProperty('GetCallerIdentity', 1);
    });

    it('says whose bucket it must be where S3 refuses', async () => {
      // S3 has no other words for a bucket of somebody else.
      endpoint.on({ service: 's3' }, s3Error('AccessDenied', 'Access Denied', 403));
      const refused = await rejected(openBucket(name, { maxAttempts: 1, owner: '111122223333' }).get('key'));
      expect((refused as Error).message).toMatch(/AccessDenied: Access Denied\. .*not of account 111122223333.*recreated/);
    });

    it('touches nothing where it is not known whose the credentials are', async () => {
      endpoint.on({ service: 'sts' }, serviceError('ExpiredToken', 'The security token is expired', 403));
      const failing = openBucket(name, { maxAttempts: 1 });
      for (const error of [await rejected(failing.get('key')), await rejected(failing.put('key', 'text', YAML))]) {
        expect(error).toBeInstanceOf(BucketError);
        expect((error as Error).message).toMatch(/^key could not be .*not known which account.*ExpiredToken.*Log in first/);
      }
      expect(owners()).toEqual([]);
    });

    const ALLOW = /Allow s3:GetObject, s3:PutObject and s3:ListBucket on this bucket/;
    const FAILURES: readonly (readonly [string, Fault, RegExp])[] = [
      ['a denial', s3Error('AccessDenied', 'no identity-based policy allows it', 403), ALLOW],
      ['a key that may not be used', s3Error('KMS.DisabledException', 'the key is disabled', 400), ALLOW],
      [
        'another region',
        s3Error('AuthorizationHeaderMalformed', 'expecting eu-west-1', 400),
        /Name the bucket's region: --region, or AWS_REGION/,
      ],
      ['a connection that is cut', { kind: 'reset' }, /Check that S3 is reached from here/],
      ['anything else', s3Error('InternalError', 'We encountered an internal error', 500), /Look at the error above and try again/],
    ];
    it.each(FAILURES)('says on %s what to do', async (_what, fault, message) => {
      endpoint.on({ service: 's3' }, fault);
      const failing = openBucket(name, { maxAttempts: 1 });
      for (const error of [await rejected(failing.get('key')), await rejected(failing.put('key', 'text', YAML))]) {
        expect(error).toBeInstanceOf(BucketError);
        expect((error as Error).message).toMatch(message);
      }
    });
  });
});
