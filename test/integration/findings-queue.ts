import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CREDENTIALS, HOME_REGION } from './deployment.js';
import type { OwnStandIn } from './own-stand-in.js';
import type { Planted } from './planted-account.js';

/** What a program that subscribes a queue may rely on in a message. */
export interface Message {
  readonly schemaVersion: number;
  readonly account: string;
  readonly complete: boolean;
  readonly first: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly cut: number;
  readonly findings: readonly {
    readonly cause: string;
    readonly status: string;
    readonly subject: { readonly id: string; readonly region: string | null };
  }[];
  readonly resolved: readonly { readonly rule: string; readonly how: string; readonly subject: { readonly id: string } }[];
  readonly silenced: readonly { readonly rule: string }[];
  readonly turnedDown: readonly { readonly what: string; readonly rule?: string }[];
  readonly unread: readonly { readonly what: string; readonly scope: string }[];
}

/** A queue that is subscribed to a topic, as another program of the account would have it. */
export class FindingsQueue {
  private constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
  ) {}

  static async subscribe(standIn: OwnStandIn, topicArn: string): Promise<FindingsQueue> {
    const client = { endpoint: standIn.endpoint, region: HOME_REGION, credentials: CREDENTIALS };
    const sqs = new SQSClient(client);
    const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'findings' }));
    const { Attributes: attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
    const subscription = {
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: attributes?.QueueArn,
      Attributes: { RawMessageDelivery: 'true' },
    };
    await new SNSClient(client).send(new SubscribeCommand(subscription));
    return new FindingsQueue(sqs, url);
  }

  /** Takes every message that has come so far. moto delivers while the publisher waits, so nothing is to be waited for. */
  async take(): Promise<readonly Message[]> {
    const receive = new ReceiveMessageCommand({ QueueUrl: this.url, MaxNumberOfMessages: 10, VisibilityTimeout: 3600 });
    const { Messages: messages = [] } = await this.sqs.send(receive);
    return messages.map((message) => JSON.parse(message.Body ?? 'null') as Message);
  }
}

/** The findings of a message in the words of what was planted, in a fixed order. */
export function found(message: Message | undefined): readonly Planted[] {
  return inOrder((message?.findings ?? []).map(({ cause, subject }) => ({ cause, subject: subject.id, region: subject.region })));
}

export function inOrder(planted: readonly Planted[]): readonly Planted[] {
  return [...planted].sort((left, right) => (left.cause < right.cause ? -1 : 1));
}
