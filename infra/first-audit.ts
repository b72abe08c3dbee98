import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * Starts an audit as soon as CloudFormation has created or updated this stack, so that nobody waits a day to see whether
 * a deployment works. It is no custom resource: a first audit that fails must not roll a deployment back, and this needs
 * no second function. CloudFormation delivers these events to the account's default bus durably and free of charge.
 */
export function auditAfterDeployment(scope: Construct, id: string, auditor: lambda.IFunction, undelivered: sqs.IQueue): events.Rule {
  return new events.Rule(scope, id, {
    description: 'Runs irsa-auditor right after each deployment of its stack',
    eventPattern: {
      source: ['aws.cloudformation'],
      detailType: ['CloudFormation Stack Status Change'],
      detail: {
        'stack-id': [Stack.of(scope).stackId],
        'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
      },
    },
    targets: [new LambdaFunction(auditor, { deadLetterQueue: undelivered, retryAttempts: 5, maxEventAge: Duration.hours(1) })],
  });
}
