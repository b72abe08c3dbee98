import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

/** What is published, ready made. */
export interface Publication {
  readonly subject: string;
  /** For `MessageStructure: json`. */
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A message that did not get out; it says to which topic and what to do. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
}

const NEXT: readonly (readonly [RegExp, string])[] = [
  [/AuthorizationError|AccessDenied|KMS/, 'Allow sns:Publish on this topic to the role of the function, and the use of its key (kms:GenerateDataKey*, kms:Decrypt) where it has one of its own.'],
  [/NotFound|does not exist/, 'Deploy the stack again, or set the topic to one that exists.'],
  [/Throttl|TooManyRequests/, 'It was tried several times; the next run tries again.'],
];

/**
 * Publishes to a topic, in the topic's own region, with retries.
 * @returns the message's id
 * @throws DeliveryError when SNS did not take it
 */
export async function publish(topicArn: string, { subject, message, attributes }: Publication): Promise<string> {
  const client = new SNSClient({ region: topicArn.split(':')[3] ?? '', retryMode: 'adaptive', maxAttempts: 6 });
  const MessageAttributes = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]));
  try {
    const answer = await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message, MessageStructure: 'json', MessageAttributes }));
    return answer.MessageId ?? '';
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const next = NEXT.find(([pattern]) => pattern.test(said))?.[1] ?? 'Look at the error above; the next run tries again.';
    throw new DeliveryError(`The findings could not be published to ${topicArn}: ${said}. ${next}`, { cause: error });
  } finally {
    client.destroy();
  }
}
