import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** What a publisher does with the key of an encrypted topic, as the SNS documentation lists it. */
const PUBLISHER_KEY_ACTIONS = ['kms:GenerateDataKey*', 'kms:Decrypt'];

/** Lets the function publish to a topic, see whether anybody is subscribed to it, and use its key where it has one of its own. */
export function grantPublish(role: iam.IRole, topic: sns.ITopic, key: kms.IKey | undefined): void {
  const allow = (sid: string, action: string) =>
    role.addToPrincipalPolicy(new iam.PolicyStatement({ sid, actions: [action], resources: [topic.topicArn] }));
  allow('PublishFindings', 'sns:Publish');
  allow('CountSubscribers', 'sns:GetTopicAttributes');
  key?.grant(role, ...PUBLISHER_KEY_ACTIONS);
}

/**
 * The topic that gets the findings. Without a key it is encrypted with `alias/aws/sns`: that costs nothing, and its policy
 * already allows every principal of the account that comes through SNS, so the function needs no KMS permission.
 */
export function findingsTopic(scope: Construct, id: string, key: kms.IKey | undefined): sns.Topic {
  const topic = new sns.Topic(scope, id, {
    displayName: 'irsa-auditor',
    enforceSSL: true,
    ...(key === undefined ? {} : { masterKey: key }),
  });
  if (key === undefined) (topic.node.defaultChild as sns.CfnTopic).kmsMasterKeyId = 'alias/aws/sns';
  return topic;
}

/**
 * The topic of the alarms. It is apart because CloudWatch cannot publish to a topic under `alias/aws/sns` (only a
 * customer managed key can allow a service), and because it must speak when the findings' side is broken. Without a key
 * it is not encrypted with KMS: the messages hold an alarm's name and state, nothing of the account's defects.
 */
export function alarmTopic(scope: Construct, id: string, key: kms.IKey | undefined): sns.Topic {
  const topic = new sns.Topic(scope, id, {
    displayName: 'irsa-auditor alarms',
    enforceSSL: true,
    ...(key === undefined ? {} : { masterKey: key }),
  });
  const cloudWatch = new iam.ServicePrincipal('cloudwatch.amazonaws.com');
  // A topic policy of one's own replaces SNS's default, which let the account's alarms in: they must be named again.
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': Stack.of(scope).formatArn({ service: 'cloudwatch', resource: 'alarm:*' }) },
      },
    }),
  );
  // The topic's policy says which alarms may publish, the key's that they are this account's. (The SNS documentation, "Key
  // management", lets a key be bound to aws:SourceAccount for every service but EventBridge, which publishes nothing here.)
  // Nothing is added to an imported key.
  const use = new iam.PolicyStatement({
    sid: 'AlarmsUseTheKey',
    principals: [cloudWatch],
    actions: PUBLISHER_KEY_ACTIONS,
    resources: ['*'],
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
  key?.addToResourcePolicy(use, true);
  return topic;
}
