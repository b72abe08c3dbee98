import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { run } from '../../../cli/run.js';
import { awsPort } from '../../../src/collect/aws/aws-port.js';
import { overHttps } from '../../../src/collect/kubernetes/over-https.js';
import { collectWorkload, type WorkloadPlace } from '../../../src/collect/workload.js';
import type { Chain } from '../../../src/model/report/chain.js';
import type { Inventory } from '../../../src/model/inventory/inventory.js';
import { seen } from '../../../src/model/inventory/observed.js';
import { whyNot, type WhyQuestion } from '../../../src/pipeline/pipeline.js';
import { DEFAULT_SETTINGS } from '../../../src/model/report/settings.js';
import { captured } from '../../cli/io-of-test.js';
import { serviceError } from '../../support/aws/faulty-endpoint.js';
import { controlPlane, describeOnKube, EKS } from '../../support/kubernetes/kube.js';
import { KubeconfigOfTest } from './kubeconfig-of-test.js';
import { NARROW, RealAccount } from './real-account.js';

describeOnKube('why, on a real API server', () => {
  let account: RealAccount;
  let config: KubeconfigOfTest;
  beforeEach(async () => {
    account = await RealAccount.make();
    await account.allow(NARROW);
    config = new KubeconfigOfTest(account.namespace.name);
  });
  afterEach(async () => {
    config.remove();
    await account.test.endpoint.stop();
  });

  async function why(argv: readonly string[], plugin = false): Promise<{ status: number; out: string; err: string; chain: Chain }> {
    const { io, out, err } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1 }), plugin });
    const status = await run(['why', ...argv, '--format', 'json'], io);
    return { status, out: out(), err: err(), chain: out() === '' ? ({} as Chain) : (JSON.parse(out()) as Chain) };
  }

  function place(of: Partial<WorkloadPlace>): WorkloadPlace {
    const { cluster, region } = controlPlane();
    return { region, cluster, namespace: account.namespace.name, serviceAccount: null, pod: null, ...of };
  }
  function read(of: Partial<WorkloadPlace>): Promise<Inventory | null> {
    const options = { now: () => 0, startedAt: '2026-11-24T10:00:00.000Z', deadline: null, kubernetes: overHttps };
    return collectWorkload(awsPort({ version: '0', maxAttempts: 1 }), place(of), options);
  }
  const callsOf = ({ calls }: Inventory): number => Object.values(calls).reduce((sum, count) => sum + count, 0);

  async function running(): Promise<string> {
    const arn = await account.carrier('app');
    await account.namespace.pod('app-1', 'app');
    await account.namespace.running('app-1');
    return arn;
  }

  it('tells that the whole chain of a pod holds, within fourteen calls', async () => {
    await running();
    const { status, chain } = await why(['pod/app-1', '-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`]);
    expect([status, chain.verdict, chain.target.serviceAccount, chain.unread]).toEqual([0, 'holds', 'app', []]);
    const inventory = await read({ pod: 'app-1' });
    expect(callsOf(inventory!)).toBeLessThanOrEqual(14);
    expect(inventory!.calls).not.toHaveProperty(['iam:GetAccountAuthorizationDetails']);
  });

  it('finds a workload by what owns its pods, or by a bare name, and a service account by its own', async () => {
    await account.carrier('app');
    await account.namespace.pod('app-1', 'app');
    const owned = async (kind: string | null, name: string): Promise<readonly string[]> =>
      (await read({ owner: { kind, name } }))!.regions.flatMap(({ clusters }) =>
        seen(clusters).flatMap(({ workloads }) => seen(workloads).map((one) => one.serviceAccount)),
      );
    expect([await owned(null, 'app-1'), await owned('Pod', 'app-1'), await owned('Deployment', 'app-1')]).toEqual([['app'], ['app'], []]);
    for (const name of ['app-1', 'app'])
      expect(
        (await why([name, '-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`])).chain.target.serviceAccount,
      ).toBe('app');
  });

  it('reads no more of an associated one', async () => {
    const arn = await account.carrier('app');
    await account.namespace.pod('app-1', 'app');
    await account.test.account.association(controlPlane().region, 'kube', account.namespace.name, 'app', arn);
    await account.test.account.association(controlPlane().region, 'kube', account.namespace.name, 'another', arn);
    const inventory = (await read({ pod: 'app-1' }))!;
    expect(callsOf(inventory)).toBeLessThanOrEqual(14);
    expect(inventory.calls['eks:DescribePodIdentityAssociation']).toBe(1);
    const answered = (asked: Pick<WhyQuestion, 'pod' | 'serviceAccount'>): readonly unknown[] => {
      const { by, links } = whyNot(inventory, { namespace: account.namespace.name, ...asked }, DEFAULT_SETTINGS);
      return [by, links.find(({ state }) => state === 'broken')?.link];
    };
    expect(answered({ serviceAccount: 'app' })).toEqual(['pod-identity', 'trust policy']);
    // The pod that is there goes by what the webhook gave it before.
    expect(answered({ pod: 'app-1' })).toEqual(['irsa', undefined]);
  });

  it('reads the role of an association without looking inside', async () => {
    const arn = await account.carrier('app');
    await account.test.account.association(controlPlane().region, 'kube', account.namespace.name, 'app', arn);
    const { chain } = await why(['sa/app', '-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`, '--no-kubernetes']);
    expect([chain.by, chain.links.find(({ link }) => link === 'role')?.state]).toEqual(['pod-identity', 'ok']);
  });

  it('reads the target role of an association too, with what lets it go on there', async () => {
    const arn = await account.carrier('app');
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] };
    const managed = await account.test.account.policy('readers', document);
    const target = await account.role('data', 'nobody', { inline: { own: document }, attachedArns: [managed] });
    const { namespace, test } = account;
    await test.account.association(controlPlane().region, 'kube', namespace.name, 'app', arn, target);
    await test.account.association(controlPlane().region, 'kube', namespace.name, 'far', arn, 'arn:aws:iam::111122223333:role/data');
    const inventory = (await read({ serviceAccount: 'app' }))!;
    expect(callsOf(inventory)).toBeLessThanOrEqual(14);
    // Whether one may go on to the other stands in their policies, which come with all roles.
    expect(seen(inventory.roles).map((role) => role.arn)).toEqual(expect.arrayContaining([arn, target]));
    expect(seen(inventory.roles).find((role) => role.arn === target)).toMatchObject({
      inlinePolicies: [{ name: 'own', document }],
      attachedPolicyArns: [managed],
    });
    const chain = whyNot(inventory, { namespace: namespace.name, serviceAccount: 'app' }, DEFAULT_SETTINGS);
    expect(chain.links.find(({ link }) => link === 'target role')?.state).toBe('broken');
    await namespace.serviceAccount('far');
    expect((await read({ serviceAccount: 'far' }))!.calls['iam:GetAccountAuthorizationDetails']).toBe(1);
  });

  it('says that it could not read which policies the role has, and that nothing else is broken', async () => {
    await running();
    account.test.endpoint.on({ operation: 'ListRolePolicies' }, serviceError('AccessDenied', 'no', 403));
    const { status, chain } = await why(['pod/app-1', '-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`]);
    expect([status, chain.links.at(-1)]).toMatchObject([
      3,
      { link: 'permissions', state: 'not-read', says: expect.stringMatching(/\(denied\)/) },
    ]);
  });

  it('finds the role that is for a service account without annotation, and gives the repair', async () => {
    const arn = await account.role('for-late', 'late');
    await account.namespace.serviceAccount('late');
    await account.namespace.pod('late-1', 'late');
    await account.namespace.running('late-1');
    // Whether another was meant for its pods, the whole cluster tells.
    expect((await read({ serviceAccount: 'late' }))!.regions.flatMap(({ clusters }) => seen(clusters))).toMatchObject([
      { workloads: { known: true } },
    ]);
    const { status, chain } = await why(['sa/late', '-n', account.namespace.name, '--cluster', 'kube', '--region', controlPlane().region]);
    expect([status, chain.links[chain.first ?? 0]?.link]).toEqual([1, 'annotation']);
    const [finding] = chain.findings;
    expect([finding?.rule, finding?.fix?.verified]).toEqual(['annotation-missing', true]);
    expect(finding?.fix?.commands.join()).toMatch(new RegExp(`kubectl annotate serviceaccount .*late.*role-arn=${arn}`));
  });

  it('tells of a pod that runs as default which service account was made for it, as the audit does', async () => {
    await account.carrier('till');
    await account.namespace.serviceAccount('default');
    await account.namespace.pod('till', 'default');
    await account.namespace.running('till');
    const { status, chain } = await why(['pod/till', '-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`]);
    expect([status, chain.links[chain.first ?? 0]?.link, chain.confidence]).toEqual([1, 'service account', 'likely']);
    expect(chain.findings.map(({ rule }) => rule)).toEqual(['pod-service-account-wrong']);
  });

  it('gives the repair of the whole audit', async () => {
    const arn = await account.role('elsewhere', 'another');
    await account.namespace.serviceAccount('app', { [`${EKS}role-arn`]: arn });
    const { status, chain } = await why(['sa/app', '-n', account.namespace.name, '--cluster', 'kube', '--region', controlPlane().region]);
    expect([status, chain.links[chain.first ?? 0]?.link]).toEqual([1, 'subject']);
    expect(chain.findings.map(({ rule, fix }) => [rule, fix?.verified])).toEqual([['subject-mismatch', true]]);
  });

  it('reads all roles where the one is not there, so that what comes near is told', async () => {
    const arn = await account.role('invoices', 'app');
    await account.namespace.serviceAccount('app', { [`${EKS}role-arn`]: arn.replace('invoices', 'invoice') });
    const inventory = (await read({ serviceAccount: 'app' }))!;
    expect(inventory.calls).toMatchObject({ 'iam:GetRole': 1, 'iam:GetAccountAuthorizationDetails': 1 });
    const chain = whyNot(inventory, { namespace: account.namespace.name, serviceAccount: 'app' }, DEFAULT_SETTINGS);
    expect([chain.links[chain.first ?? 0]?.link, chain.findings[0]?.rule]).toEqual(['role', 'annotation-role-missing']);
  });

  it('says nothing of providers and roles that it did not read', async () => {
    const arn = await running();
    await account.test.account.provider('https://oidc.eks.eu-west-3.amazonaws.com/id/FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF', []);
    const inventory = (await read({ serviceAccount: 'app' }))!;
    expect(inventory.providers.known && inventory.providers.value.map(({ detail }) => detail.known).sort()).toEqual([false, true]);
    expect(inventory.roles).toMatchObject({ known: false, reason: 'not-requested', partial: [{ arn }] });
    expect(whyNot(inventory, { namespace: account.namespace.name, serviceAccount: 'app' }, DEFAULT_SETTINGS).findings).toEqual([]);
  });

  it('has nothing to read for a pod that is not there', async () => {
    const { status, err } = await why(['pod/nobody', '-n', account.namespace.name, '--cluster', `${controlPlane().region}/kube`]);
    expect([status, err]).toEqual([2, expect.stringMatching(/There is no running pod nobody in namespace test-/)]);
  });

  it.each(['app,metadata.name!=another', 'app=app', 'a\\'])(
    'takes a name for a name, whatever signs are in it: %s',
    async (serviceAccount) => {
      await running();
      const [region] = (await read({ serviceAccount }))!.regions;
      const [cluster] = region === undefined ? [] : seen(region.clusters);
      expect(cluster?.workloads).toMatchObject({ reason: 'not-requested', partial: [] });
    },
  );

  it.each([
    [['pod/app-1', '-n', '..'], /"\.\." is no name of a namespace: those are lower-case letters/],
    [['sa/app,metadata.name!=x'], /"app,metadata\.name!=x" is no name of a service account/],
    [['pod/App'], /"App" is no name of a pod/],
  ])('%j is wrong usage, and nothing is asked', async (argv, words) => {
    const { status, err } = await why([...argv, '--cluster', `${controlPlane().region}/kube`]);
    expect([status, err, account.test.endpoint.seen]).toEqual([2, expect.stringMatching(words), []]);
  });

  it('looks for the cluster in the whole account where it is not in the region', async () => {
    await running();
    const { status, err } = await why(['sa/app', '--cluster', 'kub', '--region', controlPlane().region]);
    expect([status, err]).toEqual([2, expect.stringContaining('There is no cluster "kub" among those that were read. Did you mean kube?')]);
  });

  it('looks not inside where it is told so', async () => {
    const { status, chain } = await why(['sa/app', '--cluster', `${controlPlane().region}/kube`, '--no-kubernetes']);
    expect([status, chain.links[1]?.state]).toEqual([3, 'not-read']);
  });

  it.each([
    ['the ARN that `aws eks update-kubeconfig` writes', { cluster: `arn:aws:eks:eu-west-1:111122223333:cluster/kube` }],
    ["eksctl's name", { cluster: 'kube.eu-west-1.eksctl.io' }],
    ['the program that gets the token', { cluster: 'c', args: ['eks', 'get-token', '--region=eu-west-1', '--cluster-name', 'kube'] }],
  ])('as a plugin of kubectl takes its context, told by %s', async (_, context) => {
    await running();
    config.write({ current: context });
    const { status, chain, err } = await why(['pod/app-1'], true);
    expect([err, status, chain.verdict, chain.target.namespace]).toEqual(['', 0, 'holds', account.namespace.name]);
  });

  it('takes a context that is named, and a namespace that is named before that of the context', async () => {
    await running();
    config.write({ other: { cluster: 'x', server: 'https://127.0.0.1:1' }, mine: { cluster: 'mine' } });
    const { status } = await why(['sa/app', '--context', 'mine', '--cluster', `${controlPlane().region}/kube`]);
    expect(status).toBe(0);
    const other = await why(['sa/app', '--context', 'mine', '--cluster', `${controlPlane().region}/kube`, '-n', 'default']);
    expect([other.status, other.chain.links[1]?.state]).toEqual([1, 'broken']);
  });

  it.each([
    [['--context', 'nowhere'], /The kubeconfig has no context "nowhere" that leads to a cluster\. It has: current\./],
    [['--context'], /The context current does not tell which EKS cluster it is: name it with --cluster REGION\/NAME\./],
  ])('%j is wrong usage', async (argv, words) => {
    config.write({ current: { cluster: 'minikube' } });
    const { status, err } = await why(['sa/app', ...argv]);
    expect([status, err]).toEqual([2, expect.stringMatching(words)]);
  });

  it('says so where there is no kubeconfig, or none that can be read', async () => {
    process.env['KUBECONFIG'] = join(config.folder, 'none');
    expect((await why(['sa/app'], true)).err).toMatch(/^irsa-auditor: The kubeconfig could not be read: ENOENT/);
  });

  it('tells what a context whose program fails could not read', async () => {
    config.write({ current: { cluster: 'kube.eu-west-1.eksctl.io', args: [] } });
    const file = process.env['KUBECONFIG'] ?? '';
    writeFileSync(
      file,
      stringify({ ...broken, clusters: [{ name: 'kube.eu-west-1.eksctl.io', cluster: { server: controlPlane().url } }] }),
    );
    const { status, chain } = await why(['sa/app'], true);
    expect([status, chain.links[1]?.says]).toEqual([
      3,
      expect.stringMatching(/The program .*, which gets the credentials of the context c, ended with 1\./),
    ]);
  });

  const broken = {
    'apiVersion': 'v1',
    'kind': 'Config',
    'current-context': 'c',
    'contexts': [{ name: 'c', context: { cluster: 'kube.eu-west-1.eksctl.io', user: 'u' } }],
    'users': [
      {
        name: 'u',
        user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', 'process.exit(1)'] } },
      },
    ],
  };
});
