import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { settingsFrom } from '../../lambda/environment.js';
import { runAudit, type Ports } from '../../lambda/run.js';
import { NoIdentityError } from '../../src/collect/no-identity-error.js';
import type { Report } from '../../src/model/report.js';
import type { Notification } from '../../src/report/notification.js';
import { trustFor } from '../support/aws/account.js';
import { serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { AccountUnderTest } from '../collect/account-under-test.js';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:findings';
const settings = (over: Record<string, string> = {}) =>
  settingsFrom({
    IRSA_AUDITOR_TOPIC_ARN: TOPIC,
    IRSA_AUDITOR_REGIONS: 'eu-west-1,eu-west-3',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/auditor',
    ...over,
  });

const SUMMARY = (notification: Notification): unknown => JSON.parse((JSON.parse(notification.message) as { sqs: string }).sqs);

describeOnMoto('one run of the function', () => {
  let test: AccountUnderTest;
  /** What happened, in its order. */
  let told: ({ readonly record: Report } | { readonly topic: string; readonly publish: Notification })[];
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    told = [];
  });
  afterEach(() => test.endpoint.stop());

  const ports = (over: Partial<Ports> = {}): Ports => ({
    aws: awsPort({ version: '0', maxAttempts: 1, requestTimeoutMs: 10_000 }),
    publish: (topic, notification) => {
      told.push({ topic, publish: notification });
      return Promise.resolve('message-1');
    },
    now: () => Date.parse('2026-11-23T10:00:00.000Z'),
    remainingMs: () => 900_000,
    requestId: 'request-1',
    record: (report) => told.push({ record: report }),
    ...over,
  });

  async function healthy(): Promise<void> {
    const { issuer } = await test.account.cluster('eu-west-1', 'prod');
    const provider = await test.account.provider(issuer, ['sts.amazonaws.com']);
    await test.account.role('app', trustFor(provider, issuer, 'shop', 'app'));
  }

  it('publishes what it found, after it has recorded the whole report', async () => {
    await test.account.cluster('eu-west-1', 'prod');
    const outcome = await runAudit(settings(), ports());
    expect(outcome).toEqual({
      account: test.account.id,
      complete: true,
      counts: { critical: 0, high: 0, medium: 0, low: 1, info: 0 },
      unread: 0,
      published: 'message-1',
    });
    const [recorded, published] = told;
    expect(recorded).toMatchObject({ record: { account: test.account.id, findings: [{ cause: 'provider-missing' }] } });
    if (published === undefined || !('publish' in published)) throw new Error('nothing was published');
    expect(published.topic).toBe(TOPIC);
    expect(SUMMARY(published.publish)).toMatchObject({
      whereReport: 'log group /aws/lambda/auditor, request request-1; or run: irsa-auditor audit',
      findings: [{ rule: 'provider-missing' }],
    });
  });

  it('says nothing of a clean and complete account, unless asked', async () => {
    await healthy();
    expect(await runAudit(settings(), ports())).toMatchObject({ complete: true, published: null });
    expect(told).toHaveLength(1);
    expect(await runAudit(settings({ IRSA_AUDITOR_NOTIFY_WHEN_CLEAN: 'true' }), ports())).toMatchObject({ published: 'message-1' });
  });

  it('says so where not everything could be read, and counts what was', async () => {
    await healthy();
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-3' }, serviceError('AccessDeniedException', 'no', 403));
    expect(await runAudit(settings(), ports())).toMatchObject({ complete: false, unread: 1, published: 'message-1' });
  });

  it('takes an accepted gap for complete', async () => {
    await healthy();
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-3' }, serviceError('AccessDeniedException', 'no', 403));
    const accepting = settings({ IRSA_AUDITOR_ACCEPT_UNREAD: '[{"scope":"eu-west-3","reason":"closed"}]' });
    expect(await runAudit(accepting, ports())).toMatchObject({ complete: true, unread: 0, published: null });
  });

  // Half a minute is kept back for rules and delivery; of a time shorter than a minute, half.
  it.each([
    [900_000, 869_999, true],
    [900_000, 870_000, false],
    [10_000, 4_999, true],
    [10_000, 5_000, false],
  ])('given %d ms, goes on reading after %d ms: %p', async (remaining, elapsed, goesOn) => {
    await healthy();
    const start = Date.parse('2026-11-23T10:00:00.000Z');
    const now = (): number => (test.endpoint.seen.length > 0 ? start + elapsed : start);
    const outcome = await runAudit(settings(), ports({ now, remainingMs: () => remaining }));
    expect(outcome).toMatchObject({ complete: goesOn, published: goesOn ? null : 'message-1' });
    const [recorded] = told;
    if (recorded === undefined || !('record' in recorded)) throw new Error('nothing was recorded');
    expect([...new Set(recorded.record.coverage.unread.map(({ reason }) => reason))]).toEqual(goesOn ? [] : ['out-of-time']);
  });

  it('fails where the message was not taken, with the report on record', async () => {
    await test.account.cluster('eu-west-1', 'prod');
    await expect(runAudit(settings(), ports({ publish: () => Promise.reject(new Error('no topic')) }))).rejects.toThrow('no topic');
    expect(told).toHaveLength(1);
  });

  it('fails where the account cannot be named, and tells nothing', async () => {
    test.endpoint.on({ service: 'sts' }, serviceError('ExpiredToken', 'Said so.', 403));
    await expect(runAudit(settings(), ports())).rejects.toThrow(NoIdentityError);
    expect(told).toEqual([]);
  });
});
