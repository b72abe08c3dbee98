import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deployedFrom } from '../../lambda/environment.js';
import { runAudit, type Ports } from '../../lambda/run.js';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { NoIdentityError } from '../../src/collect/reading/no-identity-error.js';
import { BucketError, type PutOptions } from '../../src/deliver/bucket.js';
import { known } from '../../src/model/inventory/observed.js';
import type { Report } from '../../src/model/report/report.js';
import type { Notification } from '../../src/report/mail/notification.js';
import { AccountUnderTest } from '../collect/account-under-test.js';
import { trustFor } from '../support/aws/account.js';
import { serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { ApiServerOfTest, nothingAt, page, type Reply, type SeenRequest } from '../support/kubernetes/api-server-of-test.js';
import { AUTHORITY, inBase64 } from '../support/kubernetes/certificates.js';
import { bucketInMemory, type BucketInMemory } from '../support/bucket-in-memory.js';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:findings';
const deployed = (over: Record<string, string> = {}) =>
  deployedFrom({
    IRSA_AUDITOR_TOPIC_ARN: TOPIC,
    IRSA_AUDITOR_BUCKET: 'reports',
    IRSA_AUDITOR_REGIONS: 'eu-west-1,eu-west-3',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/auditor',
    ...over,
  });

const SUMMARY = (notification: Notification): unknown => JSON.parse((JSON.parse(notification.message) as { sqs: string }).sqs);

type Event =
  | { readonly record: Report }
  | { readonly topic: string; readonly publish: Notification }
  | { readonly put: string }
  | { readonly warn: string };

describeOnMoto('one run of the function', () => {
  let test: AccountUnderTest;
  let bucket: BucketInMemory;
  /** What happened, in its order. */
  let events: Event[];
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    bucket = bucketInMemory();
    events = [];
  });
  afterEach(() => test.endpoint.stop());

  const ports = async (over: Partial<Ports> = {}): Promise<Ports> => {
    const inner = await bucket.open('reports');
    return {
      aws: awsPort({ version: '0', maxAttempts: 1, requestTimeoutMs: 10_000 }),
      bucket: {
        get: (key) => inner.get(key),
        put: (key, text, options) => {
          events.push({ put: key });
          return inner.put(key, text, options);
        },
      },
      publish: (topic, notification) => {
        events.push({ topic, publish: notification });
        return Promise.resolve('message-1');
      },
      subscribers: () => Promise.resolve(1),
      now: () => Date.parse('2026-11-23T10:00:00.000Z'),
      remainingMs: () => 900_000,
      requestId: 'request-1',
      told: { state: null },
      record: (report) => events.push({ record: report }),
      warn: (message) => events.push({ warn: message }),
      ...over,
    };
  };
  const run = async (over: Partial<Ports> = {}, env: Record<string, string> = {}) => runAudit(deployed(env), await ports(over));
  const told = (): readonly Notification[] => events.flatMap((event) => ('publish' in event ? [event.publish] : []));
  const remembered = (): boolean => bucket.objects.has('state.json');

  async function healthy(): Promise<void> {
    const { issuer } = await test.account.cluster('eu-west-1', 'prod');
    const provider = await test.account.provider(issuer, ['sts.amazonaws.com']);
    await test.account.role('app', trustFor(provider, issuer, 'shop', 'app'));
  }

  it('records, stores the report, publishes, and only then remembers', async () => {
    await test.account.cluster('eu-west-1', 'prod');
    const outcome = await run();
    expect(outcome).toEqual({
      account: test.account.id,
      complete: true,
      counts: { critical: 0, high: 0, medium: 0, low: 1, info: 0 },
      unread: 0,
      published: 'message-1',
      remembered: true,
      report: 's3://reports/latest.json',
    });
    const dated = 'reports/2026-11-23/100000-request-1';
    expect(events.map((event) => ('put' in event ? event.put : Object.keys(event).at(-1)))).toEqual([
      'record',
      `${dated}.json`,
      `${dated}.txt`,
      'latest.json',
      'latest.txt',
      'publish',
      'state.json',
      `${dated}.html`,
      'latest.html',
    ]);
    expect(bucket.objects.get('latest.html')).toMatch(/^<!doctype html>/);
    expect(events.find((event) => 'topic' in event)).toMatchObject({ topic: TOPIC });
    expect(SUMMARY(told()[0] as Notification)).toMatchObject({
      whereReport: 's3://reports/latest.txt; or run: irsa-auditor report --bucket reports',
      findings: [{ rule: 'provider-missing' }],
    });
  });

  it('ends as it would without the page where that is not taken, and says so', async () => {
    await healthy();
    const inner = await bucket.open('reports');
    const denied = {
      ...inner,
      put: (key: string, text: string, options: PutOptions) =>
        key.endsWith('.html') ? Promise.reject(new Error('denied')) : inner.put(key, text, options),
    };
    expect(await run({ bucket: denied })).toMatchObject({ published: 'message-1', remembered: true });
    expect(events).toContainEqual({ warn: 'latest.html was not written, and the page there is that of an earlier run: denied' });
  });

  it('leaves the page out of an account whose page does not fit into its memory, and says how to have it', async () => {
    const aws = awsPort({ version: '0', maxAttempts: 1, requestTimeoutMs: 10_000 });
    const trustPolicy = { Version: '2012-10-17', Statement: [] };
    const plain = { path: '/', createdAt: null, trustPolicy, attachedPolicyArns: [], inlinePolicies: [], permissionsBoundaryArn: null };
    const roles = Array.from({ length: 5_001 }, (_, index) => ({
      ...plain,
      arn: `arn:aws:iam::111122223333:role/r${String(index)}`,
      name: `r${String(index)}`,
      tags: {},
      lastUsed: null,
    }));
    const listRoles = () => Promise.resolve({ roles, managedPolicies: known([]), next: null });
    await run({ aws: { ...aws, listRoles } });
    expect(bucket.objects.has('latest.html')).toBe(false);
    expect(bucket.objects.has('latest.json')).toBe(true);
    expect(events).toContainEqual({
      warn: 'An account of more than 5000 roles gets no latest.html from the function: irsa-auditor audit --format html makes it.',
    });
  });

  it('leaves the page out where there is no time left for it, and says so', async () => {
    await healthy();
    let remaining = 900_000;
    const publish = (topic: string, notification: Notification): Promise<string> => {
      events.push({ topic, publish: notification });
      remaining = 9_000;
      return Promise.resolve('message-1');
    };
    expect(await run({ publish, remainingMs: () => remaining })).toMatchObject({ published: 'message-1', remembered: true });
    expect(bucket.objects.has('latest.html')).toBe(false);
    expect(events).toContainEqual({ warn: 'There was no time left for latest.html: the page there is that of an earlier run.' });
  });

  it('says of a clean account that it has begun, and then nothing, unless asked', async () => {
    await healthy();
    expect(await run()).toMatchObject({ complete: true, published: 'message-1' });
    expect(await run()).toMatchObject({ complete: true, published: null, remembered: true });
    expect(await run({}, { IRSA_AUDITOR_NOTIFY_WHEN_CLEAN: 'true' })).toMatchObject({ published: 'message-1' });
  });

  it('says so where not everything could be read, and counts what was', async () => {
    await healthy();
    await run();
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-3' }, serviceError('AccessDeniedException', 'no', 403));
    expect(await run()).toMatchObject({ complete: false, unread: 1, published: 'message-1' });
  });

  it('takes an accepted gap for complete, and says once that it is accepted', async () => {
    await healthy();
    await run();
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-3' }, serviceError('AccessDeniedException', 'no', 403));
    const accepting = { IRSA_AUDITOR_ACCEPT_UNREAD: '[{"scope":"eu-west-3","reason":"closed"}]' };
    expect(await run({}, accepting)).toMatchObject({ complete: true, unread: 0, published: 'message-1' });
    expect(SUMMARY(told().at(-1) as Notification)).toMatchObject({ turnedDown: [{ what: 'accepted', scope: 'eu-west-3' }], unread: [] });
    expect(await run({}, accepting)).toMatchObject({ complete: true, published: null });
  });

  it('warns of a setting that means nothing any more, and goes on', async () => {
    await healthy();
    bucket.objects.set('irsa-auditor.yaml', 'suppressions:\n  - rule: provider-mising\n    reason: known\n');
    expect(await run()).toMatchObject({ complete: true });
    expect(events).toContainEqual({ warn: expect.stringMatching(/irsa-auditor\.yaml: .*suppressions\[0\]\.rule.*provider-missing/) });
  });

  it('does not take a memory from the future for its own, and says so to people', async () => {
    await healthy();
    await run();
    const future = bucket.objects.get('state.json')?.replace(/"remindedAt":"[^"]*"/, '"remindedAt":"9999-12-31T23:59:59.000Z"') ?? '';
    bucket.objects.set('state.json', future);
    events = [];
    await run();
    expect(events).toContainEqual({ warn: expect.stringMatching(/it is from the future \(remindedAt: 9999-12-31/) });
    expect(bucket.objects.get('state-aside/2026-11-23T10:00:00.000Z.json')).toBe(future);
    expect(SUMMARY(told()[0] as Notification)).toMatchObject({ first: true, setAside: expect.stringMatching(/^it is from the future/) });
    expect(await run()).toMatchObject({ published: null });
  });

  it('does not take the memory of another account for its own', async () => {
    await healthy();
    await run();
    const theirs = bucket.objects.get('state.json')?.replace(test.account.id, '210987654321') ?? '';
    bucket.objects.set('state.json', theirs);
    events = [];
    await run();
    expect(events).toContainEqual({ warn: expect.stringMatching(/it is that of account 210987654321/) });
    expect(bucket.objects.get('state-aside/2026-11-23T10:00:00.000Z.json')).toBe(theirs);
    expect(SUMMARY(told()[0] as Notification)).toMatchObject({ first: true });
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
    expect(await run({ now, remainingMs: () => remaining })).toMatchObject({ complete: goesOn });
    const recorded = events.find((event) => 'record' in event);
    expect([...new Set(recorded?.record.coverage.unread.map(({ reason }) => reason))]).toEqual(goesOn ? [] : ['out-of-time']);
  });

  describe('inside a cluster', () => {
    let server: ApiServerOfTest;
    /** A cluster whose endpoint answers like this. */
    async function clusterOf(reply: (seen: SeenRequest) => Reply): Promise<void> {
      server = await ApiServerOfTest.start(reply);
      await healthy();
      test.endpoint.on(
        { operation: 'DescribeCluster' },
        {
          kind: 'after',
          rewrite: (answer) => {
            const { cluster } = JSON.parse(answer) as { cluster: object };
            return JSON.stringify({ cluster: { ...cluster, endpoint: server.url, certificateAuthority: { data: inBase64(AUTHORITY) } } });
          },
        },
      );
    }
    afterEach(() => server.stop());
    const app = { metadata: { namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': 'shop-app' } } };
    const replies = (seen: SeenRequest): Reply => (seen.path.endsWith('/serviceaccounts') ? page([app]) : nothingAt(seen));
    const report = (): Report | undefined => events.flatMap((event) => ('record' in event ? [event.record] : [])).at(-1);

    it('looks where the deployment says so', async () => {
      await clusterOf(replies);
      expect(await run({}, { IRSA_AUDITOR_KUBERNETES: 'true' })).toMatchObject({ complete: true });
      expect(report()?.coverage).toMatchObject({ serviceAccounts: 1, notLookedAt: [] });
      expect(report()?.findings.map(({ rule }) => rule)).toContain('annotation-malformed');
      expect(new Set(server.seen.map(({ method, authorization }) => `${method} ${authorization.slice(0, 18)}`))).toEqual(
        new Set(['GET Bearer k8s-aws-v1.']),
      );
    });

    it('calls nobody there where it says nothing', async () => {
      await clusterOf(replies);
      await run();
      expect(server.seen).toEqual([]);
      expect(report()?.coverage).toMatchObject({ serviceAccounts: null, notLookedAt: ['service-account', 'pod'] });
    });

    it('ends in time with what it has where a cluster gives no answer', async () => {
      await clusterOf(() => 'hang');
      // Of six seconds three are for reading, less than the endpoint may take for one answer.
      const outcome = await run({ now: Date.now, remainingMs: () => 6_000 }, { IRSA_AUDITOR_KUBERNETES: 'true' });
      expect(outcome).toMatchObject({ complete: false, published: 'message-1', remembered: true });
      expect(report()?.coverage.unread.map(({ scope, reason }) => `${scope} ${reason}`)).toContain('eu-west-1/prod out-of-time');
    });
  });

  it('fails where the message was not taken, with the report on record and nothing remembered', async () => {
    await test.account.cluster('eu-west-1', 'prod');
    await expect(run({ publish: () => Promise.reject(new Error('no topic')) })).rejects.toThrow('no topic');
    expect(events.some((event) => 'record' in event)).toBe(true);
    expect(remembered()).toBe(false);
  });

  it('publishes and remembers though the report could not be stored, says where else it is, and then fails', async () => {
    await test.account.cluster('eu-west-1', 'prod');
    const { bucket: inner } = await ports();
    const full = {
      ...inner,
      put: (key: string, ...rest: [string, { contentType: string }]) =>
        key.startsWith('reports/') ? Promise.reject(new BucketError('not taken')) : inner.put(key, ...rest),
    };
    await expect(run({ bucket: full })).rejects.toThrow('not taken');
    expect(SUMMARY(told()[0] as Notification)).toMatchObject({
      whereReport: 'log group /aws/lambda/auditor, request request-1; or run: irsa-auditor audit',
    });
    expect(remembered()).toBe(true);
  });

  it('counts a topic whose subscriptions cannot be read as subscribed', async () => {
    await healthy();
    expect(await run({ subscribers: () => Promise.resolve(null) })).toMatchObject({ remembered: true });
  });

  it('gives up where it is overtaken again and again', async () => {
    await healthy();
    const { bucket: inner } = await ports();
    let reads = 0;
    const restless = {
      ...inner,
      get: async (key: string) => (key === 'state.json' ? { text: '{}', etag: String((reads += 1)) } : inner.get(key)),
    };
    await expect(run({ bucket: restless })).rejects.toThrow(/Other runs have written state\.json in s3:\/\/reports 3 times/);
    expect(told()).toEqual([]);
  });

  it('fails where the memory cannot be read, and tells nothing', async () => {
    bucket = bucketInMemory({}, 'state.json could not be read');
    await expect(run()).rejects.toThrow('state.json could not be read');
    expect(events).toEqual([]);
  });

  it('fails where the account cannot be named, and tells nothing', async () => {
    test.endpoint.on({ service: 'sts' }, serviceError('ExpiredToken', 'Said so.', 403));
    await expect(run()).rejects.toThrow(NoIdentityError);
    expect(events).toEqual([]);
  });
});
