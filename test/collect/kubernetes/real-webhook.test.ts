import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { describeOnKube, EKS } from '../../support/kubernetes/kube.js';
import { NARROW, RealAccount } from './real-account.js';

const FOLDER = '/var/run/secrets/eks.amazonaws.com/serviceaccount';

const container = (name: string, over: Partial<V1Container> = {}): V1Container => ({ name, image: 'i', ...over });
const variables = (values: Readonly<Record<string, string>>): NonNullable<V1Container['env']> =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** What a pod came out with: the names of containers that have a role, and the token that the webhook added. */
const givenTo = ({ spec }: V1Pod): readonly string[] =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
    .filter(({ env }) => env?.some(({ name }) => name === 'AWS_ROLE_ARN'))
    .map(({ name }) => name);
const tokenOf = ({ spec }: V1Pod) =>
  spec?.volumes?.find(({ name }) => name === 'aws-iam-token')?.projected?.sources?.[0]?.serviceAccountToken;
const valueIn = ({ spec }: V1Pod, wanted: string): string | undefined =>
  spec?.containers[0]?.env?.find(({ name }) => name === wanted)?.value;

describeOnKube('what the real webhook does with pods, and what is told of them', () => {
  let account: RealAccount;
  let role: string;
  beforeEach(async () => {
    account = await RealAccount.make();
    await account.allow(NARROW);
    role = await account.carrier('app');
  });
  afterEach(() => account.test.endpoint.stop());

  it('other annotations of the service account change the token and the endpoint, and are no defect', async () => {
    const { namespace } = account;
    const arn = await account.role('tuned', 'tuned');
    await namespace.serviceAccount('tuned', {
      [`${EKS}role-arn`]: arn,
      [`${EKS}token-expiration`]: '3600',
      [`${EKS}sts-regional-endpoints`]: 'false',
    });
    const tuned = await namespace.pod('tuned-1', 'tuned');
    const own = await namespace.pod('tuned-2', 'tuned', { annotations: { [`${EKS}token-expiration`]: '100' } });
    expect([tokenOf(tuned)?.expirationSeconds, tokenOf(own)?.expirationSeconds]).toEqual([3600, 600]);
    expect([valueIn(tuned, 'AWS_STS_REGIONAL_ENDPOINTS'), valueIn(tuned, 'AWS_ROLE_ARN')]).toEqual([undefined, arn]);
    for (const pod of ['tuned-1', 'tuned-2']) await namespace.running(pod);
    expect(await account.wrong()).toEqual([]);
  });

  it('Windows pods have the path of Windows, are right with it, and are stale with it', async () => {
    const { namespace } = account;
    const onWindows = { nodeSelector: { 'kubernetes.io/os': 'windows' } };
    const made = await namespace.pod('win-1', 'app', onWindows);
    expect(valueIn(made, 'AWS_WEB_IDENTITY_TOKEN_FILE')).toMatch(/^C:\\var\\run\\secrets\\eks\.amazonaws\.com\\/);
    await namespace.running('win-1');
    expect((await account.workloads()).map(({ os, containers }) => [os, containers.map(({ roleArn }) => roleArn)])).toEqual([
      ['windows', [role]],
    ]);
    expect(await account.wrong()).toEqual([]);
    await namespace.annotate('app', { [`${EKS}role-arn`]: await account.role('app-v2', 'app') });
    expect(await account.wrong()).toEqual(['pod-env-stale win-1']);
  });

  it('Fargate pods are given the role like others', async () => {
    const made = await account.namespace.pod('fargate-1', 'app', { labels: { [`${EKS}fargate-profile`]: 'fp' } });
    await account.namespace.running('fargate-1');
    expect(givenTo(made)).toEqual(['main']);
    expect((await account.workloads()).map(({ fargate }) => fargate)).toEqual([true]);
    expect(await account.wrong()).toEqual([]);
  });

  it('a pod whose service account was deleted since has its role still, and nothing is said of it', async () => {
    const { namespace } = account;
    await account.carrier('gone');
    await namespace.serviceAccount('plain');
    await namespace.pod('gone-1', 'gone');
    await namespace.pod('plain-1', 'plain');
    for (const pod of ['gone-1', 'plain-1']) await namespace.running(pod);
    for (const name of ['gone', 'plain']) await namespace.core.deleteNamespacedServiceAccount({ namespace: namespace.name, name });
    expect(await account.wrong()).toEqual(['service-account-missing gone']);
  });

  it('variables set by hand with a projected token are left as they are, whatever role they name', async () => {
    const { namespace } = account;
    const other = await account.role('other', 'app');
    const env = variables({ AWS_ROLE_ARN: other, AWS_WEB_IDENTITY_TOKEN_FILE: '/tokens/aws' });
    const volumeMounts = [{ name: 'own', mountPath: '/tokens' }];
    const serviceAccountToken = { audience: 'sts.amazonaws.com', path: 'aws' };
    const made = await namespace.pod('hand-1', 'app', {
      containers: [container('main', { env, volumeMounts })],
      volumes: [{ name: 'own', projected: { sources: [{ serviceAccountToken }] } }],
    });
    await namespace.running('hand-1');
    expect([valueIn(made, 'AWS_ROLE_ARN'), valueIn(made, 'AWS_WEB_IDENTITY_TOKEN_FILE')]).toEqual([other, '/tokens/aws']);
    expect(await account.wrong()).toEqual([]);
  });

  it('a container that takes another role by hand, with the token of the webhook, is none of before', async () => {
    const { namespace } = account;
    const other = await account.role('other', 'app');
    const env = variables({ AWS_ROLE_ARN: other, AWS_WEB_IDENTITY_TOKEN_FILE: `${FOLDER}/token` });
    await namespace.pod('two-1', 'app', { containers: [container('main'), container('side', { env })] });
    await namespace.running('two-1');
    const [workload] = await account.workloads();
    expect(workload?.containers.map(({ name, roleArn, tokens }) => [name, roleArn, tokens.length])).toEqual([
      ['main', role, 1],
      ['side', other, 1],
    ]);
    expect(await account.wrong()).toEqual([]);
  });

  it('containers that are skipped have no role, and no keys of theirs are told', async () => {
    const { namespace } = account;
    const env = variables({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'hidden' });
    const containers = [container('main'), container('side', { env })];
    const some = await namespace.pod('some-1', 'app', { annotations: { [`${EKS}skip-containers`]: 'side' }, containers });
    const all = await namespace.pod('all-1', 'app', { annotations: { [`${EKS}skip-containers`]: 'main,side' }, containers });
    for (const pod of ['some-1', 'all-1']) await namespace.running(pod);
    expect([givenTo(some), givenTo(all)]).toEqual([['main'], []]);
    expect(await account.wrong()).toEqual([]);
  });

  it('a blank after the comma is part of the name: that container is not skipped', async () => {
    const { namespace } = account;
    const env = variables({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'hidden' });
    const containers = [container('main'), container('side', { env })];
    const made = await namespace.pod('blank-1', 'app', { annotations: { [`${EKS}skip-containers`]: 'main, side' }, containers });
    await namespace.running('blank-1');
    expect(givenTo(made)).toEqual(['side']);
    expect(await account.wrong()).toEqual(['pod-credentials-overridden blank-1']);
  });
});
