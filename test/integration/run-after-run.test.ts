import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { DeleteRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { State } from '../../src/model/report/state.js';
import { FaultyEndpoint, pagesOf, serviceError, type Fault } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { type DeployedFunction, invoke, type EndedInvocation, readBack, roleCredentials } from './deployed-function.js';
import { ACCOUNT, CREDENTIALS, type Deployment, deploy, HOME_REGION } from './deployment.js';
import { FindingsQueue, type Message } from './findings-queue.js';
import { lambdaNode } from './lambda-node.js';
import { type OwnStandIn, startOwnStandIn } from './own-stand-in.js';
import { arnOf, makeRole, mendProvider, plant, trust } from './planted-account.js';

interface Run {
  readonly outcome: EndedInvocation;
  readonly messages: readonly Message[];
}

const MIXER = `arn:aws:iam::${ACCOUNT}:role/sound-mixer`;
const ANYONE = `arn:aws:iam::${ACCOUNT}:role/sound-anyone`;

/** One account, one deployment, and what its subscribers hear from run to run: each test goes on where the one before it ended. */
describeOnMoto('the deployed function, run after run', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'irsa-auditor-runs-'));
  const stop: (() => Promise<void>)[] = [];
  let standIn: OwnStandIn;
  let endpoint: FaultyEndpoint;
  let deployment: Deployment;
  let deployed: DeployedFunction;
  let queue: FindingsQueue;
  let iam: IAMClient;
  let s3: S3Client;
  let issuers: Readonly<Record<'shop' | 'batch' | 'sound', string>>;

  const invoked = async (): Promise<EndedInvocation> =>
    invoke({ ...standIn, endpoint: endpoint.url }, lambdaNode(), deployed, await roleCredentials(standIn, deployed));
  const run = async (): Promise<Run> => ({ outcome: await invoked(), messages: await queue.take() });
  const told = async (): Promise<Message> => {
    const { outcome, messages } = await run();
    expect([outcome.failed, messages.length]).toEqual([undefined, 1]);
    return messages[0] as Message;
  };
  const silent = async (): Promise<void> => {
    const { outcome, messages } = await run();
    expect([outcome.failed, messages]).toEqual([undefined, []]);
    expect(outcome.returned).toMatchObject({ published: null, remembered: true });
  };
  const causes = (message: Message): readonly string[] => message.findings.map(({ cause }) => cause).sort();
  const stored = async <T>(Key: string): Promise<T> => {
    const object = await s3.send(new GetObjectCommand({ Bucket: deployment.outputs['ReportsBucket'], Key }));
    return JSON.parse((await object.Body?.transformToString()) ?? 'null') as T;
  };
  const state = (): Promise<State> => stored('state.json');
  const trusts = (RoleName: string, PolicyDocument: string) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));

  beforeAll(async () => {
    standIn = await startOwnStandIn();
    stop.push(() => standIn.stop());
    endpoint = await FaultyEndpoint.start(standIn.endpoint);
    stop.push(() => endpoint.stop());
    const client = { endpoint: standIn.endpoint, region: HOME_REGION, credentials: CREDENTIALS };
    iam = new IAMClient(client);
    s3 = new S3Client({ ...client, forcePathStyle: true });
    ({ issuers } = await plant(standIn));
    deployment = deploy(standIn, workspace, { NotifyEmail: 'team@example.com' });
    deployed = await readBack(standIn, deployment.outputs['FunctionName'] ?? '', workspace);
  }, 600_000);
  afterEach(() => endpoint.clear());
  afterAll(async () => {
    await Promise.all(stop.map((end) => end()));
    rmSync(workspace, { recursive: true, force: true });
  });

  it('remembers nothing while nobody has confirmed a subscription, and says so in the log', async () => {
    const outcome = await invoked();
    expect(outcome.returned).toMatchObject({ remembered: false, published: expect.stringMatching(/\S/) });
    expect(outcome.log).toContain('nobody is subscribed');
    await expect(state()).rejects.toThrow(/NoSuchKey|does not exist/);
  });

  it('tells the first subscriber everything once, and is silent while nothing changes', async () => {
    queue = await FindingsQueue.subscribe(standIn, deployment.outputs['TopicArn'] ?? '');
    const first = await told();
    expect(first.first).toBe(true);
    expect(causes(first)).toEqual(['provider-audience-missing', 'provider-missing', 'trust-sub-too-broad', 'trust-sub-wildcard-in-equals']);
    await silent();
    await silent();
  });

  it('keeps the report of each run and the latest', async () => {
    const latest = await stored<{ findings: { status: string }[] }>('latest.json');
    expect(latest.findings.map(({ status }) => status)).toEqual(['open', 'open', 'open', 'open']);
  });

  it('tells of a repair', async () => {
    await mendProvider(iam, issuers.batch);
    const message = await told();
    expect([message.first, causes(message)]).toEqual([false, []]);
    expect(message.resolved).toMatchObject([{ rule: 'provider-audience-missing', how: 'passed', subject: { id: arnOf(issuers.batch) } }]);
    await silent();
  });

  it('tells once of a region that cannot be read, resolves nothing by it, and tells when it is read again', async () => {
    const denied = { operation: 'ListClusters', region: 'eu-west-1' } as const;
    endpoint.on(denied, serviceError('AccessDeniedException', 'closed', 403));
    const begun = await told();
    expect(begun).toMatchObject({
      complete: false,
      findings: [],
      resolved: [],
      unread: [{ what: 'eks:ListClusters', scope: 'eu-west-1' }],
    });
    // A defect that is mended where nobody can look stays open.
    await iam.send(new DeleteRoleCommand({ RoleName: 'shop-cart' }));
    await silent();
    const { findings } = await state();
    expect(Object.values(findings).find(({ rule }) => rule === 'provider-missing')?.status).toBe('open');
    endpoint.clear();
    expect(await told()).toMatchObject({ complete: true, findings: [], resolved: [], unread: [] });
    await silent();
  });

  it.each<[string, Fault, RegExp]>([
    ['is denied', serviceError('AuthorizationError', 'not authorized to perform SNS:Publish', 403), /Allow sns:Publish/],
    ['is throttled', serviceError('Throttling', 'Rate exceeded', 400), /the next run tries again/],
    ['finds no topic', serviceError('NotFound', 'Topic does not exist', 404), /does not exist/],
  ])('fails where the publish %s, and the next run tells what was lost', async (_what, fault, words) => {
    const name = `late-${String(endpoint.seen.length)}`;
    await makeRole(iam, name, trust(issuers.sound, 'StringEquals', 'system:serviceaccount:sound:late-*'));
    endpoint.on({ operation: 'Publish' }, fault);
    const lost = await run();
    expect(lost.outcome.failed?.message).toMatch(words);
    expect(lost.messages).toEqual([]);
    endpoint.clear();
    const message = await told();
    expect(message.findings.map(({ subject }) => subject.id)).toEqual([`arn:aws:iam::${ACCOUNT}:role/${name}`]);
    await silent();
  });

  it('resolves a role that was deleted, and none that is missing because the list broke off', async () => {
    endpoint.on({ operation: 'GetAccountAuthorizationDetails' }, pagesOf(1), 1);
    endpoint.on({ operation: 'GetAccountAuthorizationDetails' }, serviceError('AccessDenied', 'not today', 403));
    expect(await told()).toMatchObject({ complete: false, findings: [], resolved: [] });
    endpoint.clear();
    await iam.send(new DeleteRoleCommand({ RoleName: 'sound-anyone' }));
    const message = await told();
    expect(message.resolved).toMatchObject([{ rule: 'subject-cluster-wide', how: 'gone', subject: { id: ANYONE } }]);
    await silent();
  });

  it('tells that a defect is back', async () => {
    await trusts('sound-mixer', trust(issuers.sound, 'StringEquals', 'system:serviceaccount:sound:mixer'));
    expect((await told()).resolved).toMatchObject([{ subject: { id: MIXER } }]);
    await trusts('sound-mixer', trust(issuers.sound, 'StringEquals', 'system:serviceaccount:sound:mixer-*'));
    expect((await told()).findings).toMatchObject([{ status: 'reopened', subject: { id: MIXER } }]);
    await silent();
  });

  it.each([
    ['while the account is read', { operation: 'GetAccountAuthorizationDetails' }],
    ['while it publishes', { operation: 'Publish' }],
  ])('a run that another overtakes %s reads again, and both changes are kept', async (_when, matching) => {
    const name = `early-${String(endpoint.seen.length)}`;
    await makeRole(iam, name, trust(issuers.sound, 'StringEquals', 'system:serviceaccount:sound:early-*'));
    let release = (): void => undefined;
    endpoint.on(matching, { kind: 'hold', until: new Promise((resolve) => (release = resolve)) }, 1);
    const arrived = endpoint.arrival(matching);
    const slow = invoked();
    await arrived;
    await makeRole(iam, `${name}-too`, trust(issuers.sound, 'StringEquals', 'system:serviceaccount:sound:too-*'));
    expect((await invoked()).failed).toBeUndefined();
    release();
    const outcome = await slow;
    expect(outcome.failed).toBeUndefined();
    expect(outcome.log).toContain('Another run has written state.json meanwhile');
    const heard = new Set((await queue.take()).flatMap(({ findings }) => findings.map(({ subject }) => subject.id)));
    expect([...heard].sort()).toEqual([name, `${name}-too`].map((role) => `arn:aws:iam::${ACCOUNT}:role/${role}`));
    await silent();
  });

  it('keeps what the version before remembered', async () => {
    const rest = await state();
    const long = '2026-01-02T03:04:05.000Z';
    const findings = Object.fromEntries(Object.entries(rest.findings).map(([key, one]) => [key, { ...one, firstSeen: long }]));
    const Body = JSON.stringify({ ...rest, rules: undefined, schemaVersion: 1, findings });
    await s3.send(new PutObjectCommand({ Bucket: deployment.outputs['ReportsBucket'], Key: 'state.json', Body }));
    await silent();
    const latest = await stored<{ findings: { firstSeen: string; status: string }[] }>('latest.json');
    expect([...new Set(latest.findings.map(({ firstSeen, status }) => `${status} ${firstSeen}`))]).toEqual([`open ${long}`]);
    expect((await state()).schemaVersion).toBe(2);
  });

  it.each([
    ['damaged', '{"schemaVersion":2', /it is not JSON/],
    ['of a newer version', '{"schemaVersion":99}', /it was written by a newer version/],
  ])('says that its memory is %s, keeps it aside, and goes on as on a first run', async (_what, Body, words) => {
    await s3.send(new PutObjectCommand({ Bucket: deployment.outputs['ReportsBucket'], Key: 'state.json', Body }));
    const { outcome, messages } = await run();
    expect(outcome.log).toMatch(words);
    expect(messages).toMatchObject([{ first: true }]);
    const [, key = ''] = /(state-aside\/\S+\.json)/.exec(outcome.log) ?? [];
    const aside = await s3.send(new GetObjectCommand({ Bucket: deployment.outputs['ReportsBucket'], Key: key }));
    expect(await aside.Body?.transformToString()).toBe(Body);
    await silent();
  });

  it('takes the settings from the bucket at each run', async () => {
    const put = (Body: string) =>
      s3.send(new PutObjectCommand({ Bucket: deployment.outputs['ReportsBucket'], Key: 'irsa-auditor.yaml', Body }));
    await put('suppressions:\n  - rule: subject-wildcard-in-equals\n    reason: wave 3\n    until: 2199-12-31\n');
    const quieter = await told();
    expect(quieter).toMatchObject({ findings: [], turnedDown: [{ what: 'suppression', rule: 'subject-wildcard-in-equals' }] });
    expect(quieter.silenced.map(({ rule }) => rule)).toContain('subject-wildcard-in-equals');
    await silent();
    const latest = await stored<{ findings: { rule: string; suppressed: unknown }[] }>('latest.json');
    expect(latest.findings.filter(({ rule }) => rule === 'subject-wildcard-in-equals').map(({ suppressed }) => suppressed)).toContainEqual({
      reason: 'wave 3',
      until: '2199-12-31',
      by: 'settings',
    });
    await put('suppressions:\n  - rule: subject-wildcard-in-equals\n    reason: wave 3\n    until: 2020-01-31\n');
    const back = await told();
    expect(back.findings.map(({ status }) => status)).toContain('reopened');
    await put('notifyAt: loud\n');
    const wrong = await run();
    expect(wrong.outcome.failed?.message).toMatch(/irsa-auditor\.yaml[^]*notifyAt/);
  });

  it('says of a thousand new findings how many there are, within what SNS takes', async () => {
    await s3.send(new DeleteObjectCommand({ Bucket: deployment.outputs['ReportsBucket'], Key: 'irsa-auditor.yaml' }));
    const policy = trust(issuers.sound, 'StringEquals', 'system:serviceaccount:sound:many-*');
    for (let made = 0; made < 1_000; made += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => makeRole(iam, `many-${String(made + index)}`, policy)));
    const { findings, cut, counts } = await told();
    expect(findings.length + cut).toBe(1_000);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(1_000);
    expect(findings.length).toBeGreaterThan(10);
    await silent();
  }, 300_000);
});
