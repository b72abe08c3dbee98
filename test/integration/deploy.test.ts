import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DeleteTopicCommand, ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { describeOnMoto } from '../support/aws/moto.js';
import { contents, type DeployedFunction, invoke, type EndedInvocation, readBack, roleCredentials } from './deployed-function.js';
import { CREDENTIALS, type Deployment, deploy, HOME_REGION } from './deployment.js';
import { FindingsQueue, found, inOrder, type Message } from './findings-queue.js';
import { lambdaNode } from './lambda-node.js';
import { type OwnStandIn, startOwnStandIn } from './own-stand-in.js';
import { plant, plantAnother, type Planted } from './planted-account.js';

const TAKEN_AWAY = 'iam:ListOpenIDConnectProviders';

/** One run of the deployed function, and what a subscriber got of it. */
interface Run {
  readonly outcome: EndedInvocation;
  readonly messages: readonly Message[];
}

/** Takes one action out of the policies of the deployed role. */
async function takeAway(action: string, standIn: OwnStandIn, roleArn: string): Promise<void> {
  const iam = new IAMClient({ endpoint: standIn.endpoint, region: HOME_REGION, credentials: CREDENTIALS });
  const RoleName = roleArn.split('/').at(-1);
  const { PolicyNames: names = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of names) {
    const { PolicyDocument: document = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const left = decodeURIComponent(document)
      .replace(new RegExp(`"${action}",?`), '')
      .replace(/,(\s*\])/, '$1');
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: left }));
  }
}

describeOnMoto('cdk deploy, and the deployed function at work', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'irsa-auditor-deploy-'));
  const stop: (() => Promise<void>)[] = [];
  let deployment: Deployment;
  let deployed: DeployedFunction;
  let planted: readonly Planted[];
  let addresses: readonly (readonly string[])[];
  let permitted: Run;
  let denied: Run;
  let unpublished: Run;

  beforeAll(async () => {
    const standIn = await startOwnStandIn();
    stop.push(() => standIn.stop());
    const sns = new SNSClient({ endpoint: standIn.endpoint, region: HOME_REGION, credentials: CREDENTIALS });
    planted = (await plant(standIn)).defects;
    deployment = deploy(standIn, workspace, { NotifyEmail: 'team@example.com' });
    const topics = [deployment.outputs['TopicArn'] ?? '', deployment.outputs['AlarmTopicArn'] ?? ''];
    addresses = await Promise.all(
      topics.map(async (TopicArn) => {
        const { Subscriptions: subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
        return subscriptions.map((subscription) => `${String(subscription.Protocol)}:${String(subscription.Endpoint)}`);
      }),
    );
    deployed = await readBack(standIn, deployment.outputs['FunctionName'] ?? '', workspace);
    const queue = await FindingsQueue.subscribe(standIn, topics[0] ?? '');
    const node = lambdaNode();
    const run = async (): Promise<Run> => {
      // Lambda makes the credentials, not the function: only what the function calls itself is held to its policies.
      const credentials = await roleCredentials(standIn, deployed);
      await standIn.enforceIam(true);
      const outcome = await invoke(standIn, node, deployed, credentials).finally(() => standIn.enforceIam(false));
      return { outcome, messages: await queue.take() };
    };
    permitted = await run();
    await takeAway(TAKEN_AWAY, standIn, deployed.configuration.Role ?? '');
    denied = await run();
    await sns.send(new DeleteTopicCommand({ TopicArn: topics[0] }));
    // Without news nothing would be published, and nothing could fail.
    await plantAnother(standIn);
    unpublished = await run();
  }, 600_000);

  afterAll(async () => {
    await Promise.all(stop.map((end) => end()));
    rmSync(workspace, { recursive: true, force: true });
  });

  it('prints what a person needs next, and no command to subscribe since an address was given', () => {
    expect(Object.keys(deployment.outputs).sort()).toEqual([
      'AlarmTopicArn',
      'AuditNow',
      'FunctionName',
      'LatestReport',
      'ReportsBucket',
      'TopicArn',
    ]);
    expect(deployment.outputs['AuditNow']).toBe(
      `aws lambda invoke --region ${HOME_REGION} --function-name ${String(deployed.configuration.FunctionName)} --cli-read-timeout 960 /dev/stdout`,
    );
  });

  it('subscribes the address to findings and alarms', () =>
    expect(addresses).toEqual([['email:team@example.com'], ['email:team@example.com']]));

  it('deployed the very bytes that were built', () => {
    expect(deployed.archiveSha256).toBe(deployed.configuration.CodeSha256);
    expect(contents(deployed.folder)).toEqual(contents(resolve('dist/lambda')));
  });

  it('finds what was planted, all of it and nothing else, with exactly the declared permissions', () => {
    expect(permitted.outcome.failed).toBeUndefined();
    expect(permitted.messages).toHaveLength(1);
    expect(permitted.messages[0]).toMatchObject({ schemaVersion: 1, complete: true });
    expect(found(permitted.messages[0])).toEqual(inOrder(planted));
  });

  it('names the one permission that was taken away, and calls the audit incomplete instead of clean', () => {
    expect(denied.outcome.failed).toBeUndefined();
    expect(denied.messages).toHaveLength(1);
    expect(denied.messages[0]?.complete).toBe(false);
    expect(JSON.stringify(denied.messages[0])).toContain(TAKEN_AWAY);
    // Without the list of providers nothing can be said to be missing in it.
    expect(found(denied.messages[0]).map(({ cause }) => cause)).not.toContain('provider-missing');
  });

  it('fails when it cannot publish, so that the alarm speaks', () => {
    expect(unpublished.outcome.failed?.message).toMatch(/does not exist/);
    expect(unpublished.messages).toEqual([]);
  });
});
