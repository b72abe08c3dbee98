import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { deployedFrom } from '../../lambda/environment.js';
import { runAudit, type Ports } from '../../lambda/run.js';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { openBucket } from '../../src/deliver/bucket.js';
import { publish } from '../../src/deliver/sns.js';
import type { State } from '../../src/model/report/state.js';
import { AccountUnderTest } from '../collect/account-under-test.js';
import type { Fault } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto, requireMoto } from '../support/aws/moto.js';

const REGION = 'eu-west-1';

const refused = (code: string, status: number): Fault => ({
  kind: 'answer',
  answer: () => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>At least one of the conditions did not hold</Message></Error>`,
  }),
});

/** All of it goes over the wire: what counts is how S3 and SNS answer. */
describeOnMoto('what one event tells', () => {
  let test: AccountUnderTest;
  let topic: string;
  let bucket: string;
  let s3: S3Client;
  let warnings: string[];

  beforeEach(async () => {
    test = await AccountUnderTest.make();
    bucket = `told-once-${test.account.id}`;
    warnings = [];
    const client = { region: REGION, endpoint: requireMoto(), credentials: test.account.credentials };
    s3 = new S3Client({ ...client, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
    topic = (await new SNSClient(client).send(new CreateTopicCommand({ Name: 'findings' }))).TopicArn ?? '';
    await test.account.cluster(REGION, 'prod');
  });
  afterEach(() => test.endpoint.stop());

  const STATE_PUT = { url: /\/state\.json\?x-id=PutObject/ };
  const published = (): number => test.endpoint.counts()['Publish'] ?? 0;
  const writes = (): number => test.endpoint.seen.filter(({ url }) => STATE_PUT.url.test(url)).length;
  const state = (): Promise<State> =>
    openBucket(bucket, { owner: test.account.id })
      .get('state.json')
      .then((stored) => JSON.parse(stored?.text ?? 'null') as State);

  /** One try of the function for one event; what the event has told is kept where its environment is. */
  const attempt = (told: Ports['told'] = { state: null }, requestTimeoutMs = 10_000, remainingMs: Ports['remainingMs'] = () => 900_000) =>
    runAudit(deployedFrom({ IRSA_AUDITOR_TOPIC_ARN: topic, IRSA_AUDITOR_BUCKET: bucket, IRSA_AUDITOR_REGIONS: REGION }), {
      aws: awsPort({ version: '0', maxAttempts: 1, requestTimeoutMs: 10_000 }),
      bucket: openBucket(bucket, { owner: test.account.id }),
      publish: (arn, notification) => publish(arn, notification, { requestTimeoutMs }),
      subscribers: () => Promise.resolve(1),
      now: () => Date.parse('2026-11-23T10:00:00.000Z'),
      remainingMs,
      requestId: 'request-1',
      told,
      record: () => undefined,
      warn: (message) => warnings.push(message),
    });

  it('is told to S3 as the owner of the bucket, at every call', async () => {
    await attempt();
    const calls = test.endpoint.seen.filter(({ service }) => service === 's3');
    expect(calls.length).toBeGreaterThan(5);
    expect(new Set(calls.map(({ headers }) => headers['x-amz-expected-bucket-owner']))).toEqual(new Set([test.account.id]));
  });

  it.each([
    ['412', 'PreconditionFailed', 412],
    ['409', 'ConditionalRequestConflict', 409],
  ])('is published once where the memory is answered %s for ever, and blames no other run', async (_status, code, status) => {
    test.endpoint.on(STATE_PUT, refused(code, status));
    const told = { state: null };
    await expect(attempt(told)).rejects.toThrow(new RegExp(`state\\.json could not be written.*${code}.*no run has written it since`));
    expect([published(), warnings]).toEqual([1, []]);
    // Lambda's second try, in the same environment.
    await expect(attempt(told)).rejects.toThrow(/no run has written it since/);
    expect(published()).toBe(1);
  });

  it('is published again by a second try that knows nothing of the first, and then never', async () => {
    test.endpoint.on(STATE_PUT, refused('PreconditionFailed', 412));
    await expect(attempt()).rejects.toThrow();
    test.endpoint.clear();
    expect(await attempt()).toMatchObject({ remembered: true });
    expect(published()).toBe(2);
    expect(await attempt()).toMatchObject({ published: null });
  });

  it('is remembered by a second try that says nothing again', async () => {
    test.endpoint.on(STATE_PUT, refused('PreconditionFailed', 412));
    const told = { state: null };
    await expect(attempt(told)).rejects.toThrow();
    test.endpoint.clear();
    expect(await attempt(told)).toMatchObject({ published: null, remembered: true });
    expect(Object.values((await state()).findings).map((finding) => finding.told)).toEqual(['low']);
    expect(await attempt()).toMatchObject({ published: null });
    expect(published()).toBe(1);
  });

  it('is told as incomplete by a second try that has no time to judge', async () => {
    test.endpoint.on(STATE_PUT, refused('PreconditionFailed', 412));
    const told = { state: null };
    await expect(attempt(told)).rejects.toThrow();
    test.endpoint.clear();
    // There is time at first, and none any more when the account was read.
    const left = [900_000];
    expect(await attempt(told, 10_000, () => left.pop() ?? 0)).toMatchObject({ complete: false, published: expect.stringMatching(/\S/) });
    expect((await state()).gaps.filter(({ told: known }) => known)).toMatchObject([{ what: 'judge:Rules', reason: 'out-of-time' }]);
    expect(published()).toBe(2);
  });

  it.each<[string, Fault]>([
    ['is in conflict with a write that came to nothing', refused('ConditionalRequestConflict', 409)],
    ['was carried out, and its answer was lost', { kind: 'unanswered', connection: 'cut' }],
  ])('is remembered where the write %s', async (_what, fault) => {
    test.endpoint.on(STATE_PUT, fault, 1);
    expect(await attempt()).toMatchObject({ remembered: true });
    expect([published(), writes(), warnings]).toEqual([1, 2, []]);
    expect(await attempt()).toMatchObject({ published: null });
  });

  it('is not told again where another run writes a memory that does not know of it', async () => {
    await attempt();
    const known = await state();
    const before = { ...known, findings: {}, remindedAt: '2026-11-23T09:00:00.000Z' };
    const put = (value: object) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'state.json', Body: JSON.stringify(value) }));
    await put(before);
    let release = (): void => undefined;
    test.endpoint.on({ operation: 'Publish' }, { kind: 'hold', until: new Promise((resolve) => (release = resolve)) }, 1);
    const arrived = test.endpoint.arrival({ operation: 'Publish' });
    const slow = attempt();
    await arrived;
    await put({ ...before, remindedAt: '2026-11-23T09:30:00.000Z' });
    release();
    expect(await slow).toMatchObject({ published: null, remembered: true });
    expect(warnings).toEqual([expect.stringMatching(/^Another run has written state\.json meanwhile/)]);
    expect(published()).toBe(2);
    expect(await attempt()).toMatchObject({ published: null });
  });

  it('is told with what is new where a run begins anew', async () => {
    const told = { state: null };
    test.endpoint.on(STATE_PUT, refused('PreconditionFailed', 412));
    await expect(attempt(told)).rejects.toThrow();
    test.endpoint.clear();
    await test.account.cluster(REGION, 'staging');
    expect(await attempt(told)).toMatchObject({ published: expect.stringMatching(/\S/), remembered: true });
    expect(published()).toBe(2);
  });

  it('is told twice at most where SNS takes it and gives no answer', async () => {
    test.endpoint.on({ operation: 'Publish' }, { kind: 'unanswered', connection: 'open' });
    const told = { state: null };
    await expect(attempt(told, 200)).rejects.toThrow(/may have delivered/);
    await expect(attempt(told, 200)).rejects.toThrow(/may have delivered/);
    expect(published()).toBe(2);
  });
});
