import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { SettingsError } from '../../lambda/environment.js';
import { handler, type Context } from '../../lambda/handler.js';
import { TestAccount } from '../support/aws/account.js';
import { FaultyEndpoint, rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto, requireMoto } from '../support/aws/moto.js';

type Line = Readonly<Record<string, unknown>>;

describeOnMoto('the handler', () => {
  let account: TestAccount;
  let lines: Line[];
  const context = (awsRequestId = 'request-1'): Context => ({
    awsRequestId,
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:${account.id}:function:auditor`,
    getRemainingTimeInMillis: () => 900_000,
  });
  let spies: { mockRestore(): void }[];
  beforeEach(async () => {
    account = new TestAccount();
    account.enter({ region: 'eu-west-1' });
    const client = { region: 'eu-west-1', endpoint: requireMoto(), credentials: account.credentials };
    const { TopicArn } = await new SNSClient(client).send(new CreateTopicCommand({ Name: 'findings' }));
    const bucket = `handler-${account.id}`;
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
    await new S3Client({ ...client, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
    Object.assign(process.env, { IRSA_AUDITOR_TOPIC_ARN: TopicArn, IRSA_AUDITOR_BUCKET: bucket, IRSA_AUDITOR_REGIONS: 'eu-west-1' });
    lines = [];
    const write = (text: unknown): boolean => {
      for (const line of String(text).trim().split('\n')) if (line.startsWith('{')) lines.push(JSON.parse(line) as Line);
      return true;
    };
    spies = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockImplementation(write));
  });
  afterEach(() => {
    for (const spy of spies) spy.mockRestore();
    for (const name of Object.keys(process.env)) if (name.startsWith('IRSA_AUDITOR_')) Reflect.deleteProperty(process.env, name);
  });

  it('audits, logs the whole report a line for each problem, counts, and publishes', async () => {
    await account.cluster('eu-west-1', 'prod');
    const outcome = await handler({}, context());
    expect(outcome).toMatchObject({ account: account.id, complete: true, counts: { low: 1 } });
    expect(outcome.published).toMatch(/\S/);
    const logged = lines.filter((line) => line['level'] !== undefined);
    expect(logged.map(({ level, message, requestId }) => [level, message, requestId])).toEqual([
      ['INFO', 'audited', 'request-1'],
      ['INFO', 'problem', 'request-1'],
      ['WARN', expect.stringMatching(/^nobody is subscribed to /), 'request-1'],
    ]);
    expect(logged[0]).toMatchObject({ account: account.id, complete: true, problems: 1, coverage: { clusters: 1 } });
    expect(logged[1]).toMatchObject({ finding: { cause: 'provider-missing', subject: { id: 'prod' } } });
    // Dashboards and alarms find a metric by its namespace and all of its dimensions.
    expect(lines.filter((line) => '_aws' in line)).toMatchObject([
      {
        _aws: { CloudWatchMetrics: [{ Namespace: 'IrsaAuditor', Dimensions: [['service']] }] },
        OpenProblems: 1,
        Unread: 0,
        service: 'irsa-auditor',
      },
    ]);
  });

  it('fails, and logs why, where a setting is wrong', async () => {
    process.env['IRSA_AUDITOR_NOTIFY_AT'] = 'loud';
    await expect(handler({}, context())).rejects.toThrow(SettingsError);
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'the run failed', error: { name: 'SettingsError' } }]);
  });

  it('fails, with the report in the log, where the topic is gone', async () => {
    await account.cluster('eu-west-1', 'prod');
    process.env['IRSA_AUDITOR_TOPIC_ARN'] = `arn:aws:sns:eu-west-1:${account.id}:gone`;
    await expect(handler({}, context())).rejects.toThrow(/could not be published to .*:gone/);
    expect(lines.filter(({ message }) => message === 'problem')).toHaveLength(1);
    expect(lines.at(-1)).toMatchObject({ level: 'ERROR', message: 'the run failed', error: { name: 'DeliveryError' } });
  });

  it('does not tell again what the first try of the same event told and could not remember', async () => {
    const endpoint = await FaultyEndpoint.start();
    account.enter({ endpoint: endpoint.url, region: 'eu-west-1' });
    endpoint.on(
      { url: /\/state\.json\?x-id=PutObject/ },
      rawAnswer('<Error><Code>PreconditionFailed</Code></Error>', 'application/xml', 412),
    );
    // Whoever may not be counted counts as subscribed.
    endpoint.on({ operation: 'GetTopicAttributes' }, serviceError('AuthorizationError', 'no', 403));
    await account.cluster('eu-west-1', 'prod');
    const publishes: (number | undefined)[] = [];
    for (const event of ['event-1', 'event-1', 'event-2']) {
      await expect(handler({}, context(event))).rejects.toThrow(/no run has written it since/);
      publishes.push(endpoint.counts()['Publish']);
    }
    await endpoint.stop();
    expect(publishes).toEqual([1, 1, 2]);
  });
});
