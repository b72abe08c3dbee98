import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DeliveryError, publish } from '../../src/deliver/sns.js';
import { notificationOf } from '../../src/report/mail/notification.js';
import { anIncompleteReport, aReport, findingsOf, FIRST } from '../report/report-builder.js';
import { TestAccount } from '../support/aws/account.js';
import { FaultyEndpoint, rawAnswer, serviceError, type Fault } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto, requireMoto } from '../support/aws/moto.js';

const REGION = 'eu-central-1';

/** A topic with one queue that is subscribed to it, perhaps to a part of its messages. */
class Subscribed {
  private constructor(
    readonly topicArn: string,
    private readonly sqs: SQSClient,
    private readonly queueUrl: string,
  ) {}

  static async make(account: TestAccount, filter?: object): Promise<Subscribed> {
    const client = { region: REGION, endpoint: requireMoto(), credentials: account.credentials };
    const [sns, sqs] = [new SNSClient(client), new SQSClient(client)];
    const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'findings' }));
    const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'findings' }));
    const { Attributes: queue } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
    const Attributes = filter === undefined ? {} : { FilterPolicy: JSON.stringify(filter) };
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queue?.['QueueArn'], Attributes }));
    return new Subscribed(topicArn, sqs, url);
  }

  async received(): Promise<readonly Envelope[]> {
    const { Messages: messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.queueUrl, MaxNumberOfMessages: 10 }),
    );
    return messages.map(({ Body }) => JSON.parse(Body ?? 'null') as Envelope);
  }
}

/** What SNS puts around a message for a queue. */
interface Envelope {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}

const told = (report: Parameters<typeof notificationOf>[0]) => {
  const notification = notificationOf(report, FIRST, { threshold: 'low', whenClean: true, whereReport: 'log group x' });
  if (notification === null) throw new Error('a notification was asked for');
  return notification;
};

describeOnMoto('publishing', () => {
  let account: TestAccount;
  let endpoint: FaultyEndpoint;
  beforeEach(async () => {
    account = new TestAccount();
    endpoint = await FaultyEndpoint.start();
    // The region of the credentials is another than the topic's.
    account.enter({ endpoint: endpoint.url, region: 'us-east-1' });
  });
  afterEach(() => endpoint.stop());

  it('brings a queue the summary for machines, with subject and attributes, through the region of the topic', async () => {
    const { topicArn, ...rest } = await Subscribed.make(account).then((made) => ({
      topicArn: made.topicArn,
      received: () => made.received(),
    }));
    expect(await publish(topicArn, told(aReport({ account: account.id, findings: findingsOf('high', 2) })))).toMatch(/\S+/);
    const [message, ...others] = await rest.received();
    expect(others).toEqual([]);
    expect(message?.Subject).toBe(`[irsa-auditor] ${account.id}: first audit: 2 high`);
    expect(JSON.parse(message?.Message ?? '')).toMatchObject({
      schemaVersion: 1,
      account: account.id,
      complete: true,
      counts: { high: 2 },
      cut: 0,
    });
    expect(message?.MessageAttributes).toMatchObject({
      account: { Value: account.id },
      highestSeverity: { Value: 'high' },
      complete: { Value: 'true' },
    });
    expect(endpoint.seen.map(({ service, region, operation }) => `${service} ${region} ${operation}`)).toEqual([`sns ${REGION} Publish`]);
  });

  it('lets subscribers choose by the attributes', async () => {
    const queue = await Subscribed.make(account, { complete: ['false'] });
    await publish(queue.topicArn, told(aReport({ findings: findingsOf('high', 1) })));
    await publish(queue.topicArn, told(anIncompleteReport()));
    expect((await queue.received()).map(({ Subject }) => Subject)).toEqual([
      '[irsa-auditor] 111122223333: partial scan; first audit: nothing found',
    ]);
  });

  it('takes the largest message that a report can make', async () => {
    const queue = await Subscribed.make(account);
    await publish(queue.topicArn, told(aReport({ findings: findingsOf('critical', 10_000, { message: '\u0001😀"\\'.repeat(400) }) })));
    expect(await queue.received()).toHaveLength(1);
  });

  const missing = (): string => `arn:aws:sns:${REGION}:${account.id}:nobody`;

  const FAILURES: readonly (readonly [string, Fault | null, RegExp])[] = [
    [
      'a topic that does not exist',
      null,
      /could not be published to arn:aws:sns:eu-central-1:\d{12}:nobody: NotFound.*remove the stack and deploy it again/,
    ],
    [
      'a denial',
      serviceError('AuthorizationError', 'not authorized to perform SNS:Publish', 403),
      /AuthorizationError.*Allow sns:Publish on this topic.*kms:GenerateDataKey/,
    ],
    [
      'a key that may not be used',
      serviceError('KMSAccessDenied', 'The ciphertext refers to a customer master key'),
      /KMSAccessDenied.*the use of its key/,
    ],
    [
      'throttling that stays',
      serviceError('Throttled', 'Rate exceeded', 429),
      /ThrottledException: Rate exceeded\. It was tried several times/,
    ],
    ['a connection that is cut', { kind: 'reset' }, /ECONNRESET|socket hang up/],
    ['an endpoint that gives no answer', { kind: 'hang' }, /Timeout.*Check that the function reaches SNS/],
  ];
  it.each(FAILURES)('fails on %s, and says what to do', async (_what, fault, message) => {
    if (fault !== null) endpoint.on({ service: 'sns' }, fault);
    // Short only where nothing answers: a busy machine takes its time.
    const requestTimeoutMs = fault?.kind === 'hang' ? 200 : 10_000;
    const error: unknown = await publish(missing(), told(aReport()), { maxAttempts: 1, requestTimeoutMs }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(DeliveryError);
    expect((error as Error).message.replace(/\n/g, ' ')).toMatch(message);
  });

  it('tries again what SNS did not take', async () => {
    const queue = await Subscribed.make(account);
    endpoint.on({ service: 'sns' }, serviceError('Throttled', 'Rate exceeded', 429), 1);
    endpoint.on({ service: 'sns' }, serviceError('InternalError', 'not now', 500), 1);
    await publish(queue.topicArn, told(aReport()));
    expect(await queue.received()).toHaveLength(1);
    expect(endpoint.counts()).toEqual({ Publish: 3 });
  });

  it.each<[string, Fault]>([
    ['whose answer did not come in time', { kind: 'unanswered', connection: 'open' }],
    ['whose connection was cut', { kind: 'unanswered', connection: 'cut' }],
    ['whose answer makes no sense', rawAnswer('<Publish', 'text/xml')],
  ])('does not send again a message %s: it may be delivered', async (_what, fault) => {
    const { topicArn } = await Subscribed.make(account);
    endpoint.on({ service: 'sns' }, fault);
    const failed = publish(topicArn, told(aReport()), {
      requestTimeoutMs: fault.kind === 'unanswered' && fault.connection === 'open' ? 200 : 10_000,
    });
    await expect(failed).rejects.toThrow(/may have delivered them anyway/);
    expect(endpoint.counts()).toEqual({ Publish: 1 });
  });

  it('tries again where it reaches nobody, and does not speak of a delivery', async () => {
    await endpoint.stop();
    const failed = publish(missing(), told(aReport()), { maxAttempts: 2 });
    await expect(failed).rejects.toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ $metadata: expect.objectContaining({ attempts: 2 }) }) }),
    );
    await expect(failed).rejects.not.toThrow(/may have delivered/);
  });
});
