import { describe, expect, it } from '@jest/globals';
import { Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { IrsaAuditor, type IrsaAuditorProps } from '../../infra/irsa-auditor.js';
import { app, stackOf } from './synthesise.js';

/** What cdk-nag objects to, with the constructs. */
function violations(stack: Stack): Record<string, readonly (string | undefined)[]> {
  const report = new AwsSolutionsChecks(stack).validateScope(stack);
  return Object.fromEntries(
    report.violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources.map((resource) => resource.constructPath)]),
  );
}

function constructWith(props: IrsaAuditorProps): Stack {
  const stack = new Stack(app(), 'Theirs');
  new IrsaAuditor(stack, 'Auditor', props);
  return stack;
}

/** Every acknowledgement with the construct that it stands on, and each taken away. */
function withdraw(stack: Stack): readonly { readonly id: string; readonly reason: string }[] {
  return stack.node.findAll().flatMap((construct) => {
    const entries = construct.node.metadata.filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
    return entries.flatMap((entry) => {
      const data = entry.data as Record<string, string>;
      const acknowledged = Object.entries(data).map(([id, reason]) => ({ id: id.replace(/^annotation::/i, ''), reason }));
      for (const id of Object.keys(data)) Reflect.deleteProperty(data, id);
      return acknowledged;
    });
  });
}

describe('cdk-nag AwsSolutions', () => {
  it('has nothing to say about the defaults', () => expect(violations(stackOf())).toEqual({}));

  it('has nothing to say about a topic, its key and a role that exist already', () => {
    const arn = (service: string, name: string) => `arn:aws:${service}:${service === 'iam' ? '' : 'eu-west-1'}:111122223333:${name}`;
    expect(
      violations(stackOf({ topicArn: arn('sns', 'alerts'), topicKeyArn: arn('kms', 'key/0a1b'), roleArn: arn('iam', 'role/reader') })),
    ).toEqual({});
    expect(violations(stackOf({ topicArn: arn('sns', 'alerts'), topicKeyArn: arn('kms', 'key/0a1b') }))).toEqual({});
  });

  it('has nothing to say about reports that go with the stack', () => expect(violations(stackOf({ removeReports: 'true' }))).toEqual({}));

  it('has nothing to say about a bucket that is kept, and several addresses', () =>
    expect(violations(stackOf({ reportsBucket: 'kept-reports', notifyEmail: 'a@example.com,b@example.com' }))).toEqual({}));

  it('has nothing to say about a look inside clusters', () =>
    expect(violations(stackOf({ kubernetes: 'true', clusterAccess: 'shop,data' }))).toEqual({}));

  it('has nothing to say with a key and an address', () =>
    expect(violations(constructWith({ topicEncryptionKey: 'new', email: 'team@example.com' }))).toEqual({}));

  it('each acknowledgement has a reason, and is still needed', () => {
    const stack = constructWith({ topicEncryptionKey: 'new' });
    const acknowledged = withdraw(stack);
    for (const { reason } of acknowledged) expect(reason.length).toBeGreaterThan(40);
    expect([...new Set(acknowledged.map(({ id }) => id))].sort()).toEqual(Object.keys(violations(stack)).sort());
  });
});
