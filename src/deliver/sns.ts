import { GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { AdaptiveRetryStrategy } from '@smithy/core/retry';
import { errorInWords } from '../lib/error-in-words.js';

/** What is published, ready made. */
export interface Publication {
  readonly subject: string;
  /** For `MessageStructure: json`. */
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PublishOptions {
  /** Attempts, the first included. */
  readonly maxAttempts?: number;
  readonly requestTimeoutMs?: number;
}

/** A message that did not get out; it says to which topic and what to do. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
}

/**
 * The caller keeps half a minute for delivery: a topic that gives no answer must not let the function run into its time-out.
 * Within that it is waited for long, since a message whose answer did not come may have been delivered anyway.
 */
const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;
const QUESTION_TIMEOUT_MS = 5_000;
const MAX_ATTEMPTS = 5;

const NEXT: readonly (readonly [RegExp, string])[] = [
  [
    /AuthorizationError|AccessDenied|KMS/,
    'Allow sns:Publish on this topic to the role of the function, and the use of its key (kms:GenerateDataKey*, kms:Decrypt) where it has one of its own.',
  ],
  [
    /NotFound|does not exist|InvalidTopic/,
    'It was deleted by hand: remove the stack and deploy it again, or set the topic to one that exists.',
  ],
  [/Timeout|ECONN|ENOTFOUND|EAI_AGAIN/, 'Check that the function reaches SNS in the region of the topic (in a VPC: its endpoint or NAT).'],
  [/Throttl|TooManyRequests/, 'It was tried several times; the next run tries again.'],
];

/** What Node and the SDK say of a request for which no connection was made. */
const NEVER_SENT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|did not establish a connection/;

/** Whether SNS may have taken the message: it was sent, and no answer says that it was not taken. */
function mayBeDelivered(error: unknown): boolean {
  const { httpStatusCode = 0 } = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata ?? {};
  return httpStatusCode < 400 && !NEVER_SENT.test(errorInWords(error));
}

/**
 * Tries again what SNS has said that it did not take, and what never reached it. What may have been delivered is not sent again
 * here: the run fails, and its second try by Lambda tells it. So a run that is started is told of at least once, at most twice.
 */
class UnlessDelivered extends AdaptiveRetryStrategy {
  override refreshRetryTokenForRetry(...[token, failure]: Parameters<AdaptiveRetryStrategy['refreshRetryTokenForRetry']>) {
    if (mayBeDelivered(failure.error)) return Promise.reject(new Error('It may have been delivered.'));
    return super.refreshRetryTokenForRetry(token, failure);
  }
}

/** A client in the topic's own region. */
function clientFor(topicArn: string, options: PublishOptions): SNSClient {
  const maxAttempts = options.maxAttempts ?? MAX_ATTEMPTS;
  return new SNSClient({
    region: topicArn.split(':')[3] ?? '',
    maxAttempts,
    retryStrategy: new UnlessDelivered(() => Promise.resolve(maxAttempts)),
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
}

/** How many subscriptions of a topic are confirmed; null where that cannot be read, which is no reason not to publish. */
export async function confirmedSubscriptions(topicArn: string): Promise<number | null> {
  const client = clientFor(topicArn, { requestTimeoutMs: QUESTION_TIMEOUT_MS });
  try {
    const { Attributes: attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
    const confirmed = Number(attributes?.['SubscriptionsConfirmed'] ?? Number.NaN);
    return Number.isInteger(confirmed) ? confirmed : null;
  } catch {
    // Publishing, which follows, tells what is wrong with the topic.
    return null;
  } finally {
    client.destroy();
  }
}

/**
 * Publishes to a topic, in the topic's own region. What SNS refuses for a moment is tried again.
 * @returns the message's id
 * @throws DeliveryError when SNS did not take it, or gave no answer
 */
export async function publish(
  topicArn: string,
  { subject, message, attributes }: Publication,
  options: PublishOptions = {},
): Promise<string> {
  const client = clientFor(topicArn, options);
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
  try {
    const answer = await client.send(
      new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message, MessageStructure: 'json', MessageAttributes }),
    );
    return answer.MessageId ?? '';
  } catch (error) {
    const said = errorInWords(error);
    const next = NEXT.find(([pattern]) => pattern.test(said))?.[1] ?? 'Look at the error above; the next run tries again.';
    const perhaps = mayBeDelivered(error) ? ' SNS may have delivered them anyway: they are told once more.' : '';
    throw new DeliveryError(`The findings could not be published to ${topicArn}: ${said}.${perhaps} ${next}`, { cause: error });
  } finally {
    client.destroy();
  }
}
