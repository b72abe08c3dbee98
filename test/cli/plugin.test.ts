import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import type { Report } from '../../src/model/report/report.js';
import { KubeconfigOfTest } from '../collect/kubernetes/kubeconfig-of-test.js';
import { RealAccount, toControlPlane } from '../collect/kubernetes/real-account.js';
import { controlPlane, describeOnKube, EKS } from '../support/kubernetes/kube.js';
import { captured } from './io-of-test.js';

/** As eksctl writes it, so that no context is named by the ARN of the cluster. */
const CONTEXTS = { prod: { cluster: 'kube.eu-west-1.eksctl.io' } };

describeOnKube('as a plugin of kubectl', () => {
  let account: RealAccount;
  let config: KubeconfigOfTest;
  beforeEach(async () => {
    account = await RealAccount.make();
    // A private endpoint, which only the context has a way to.
    account.test.endpoint.clear();
    toControlPlane(account.test, { endpoint: 'https://127.0.0.1:1' });
    config = new KubeconfigOfTest(account.namespace.name);
    config.write(CONTEXTS);
    const role = await account.role('app', 'app');
    await account.namespace.serviceAccount('app', { [`${EKS}role_arn`]: role });
  });
  afterEach(async () => {
    config.remove();
    await account.test.endpoint.stop();
  });

  async function kubectl(...argv: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
    const { io, out, err } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1 }), plugin: true });
    const status = await run(argv, io);
    return { status, out: out(), err: err() };
  }
  const told = ({ out }: { readonly out: string }): readonly string[] =>
    (JSON.parse(out) as Report).findings.map(({ rule, subject }) => `${rule} ${subject.id}`);
  const misspelt = (): string => `annotation-key-misspelt kube/${account.namespace.name}/app`;

  it('audit means the cluster and the namespace of the context: one region, and no other cluster from inside', async () => {
    await account.test.account.cluster(controlPlane().region, 'other');
    await account.test.account.cluster('us-east-2', 'far');
    const { out, err } = await kubectl('audit', '-o', 'json');
    const report = JSON.parse(out) as Report;
    expect(told({ out })).toEqual([misspelt()]);
    expect([report.complete, report.coverage.unread, report.coverage.regions]).toEqual([true, [], [controlPlane().region]]);
    expect(report.selection).toMatchObject({ clusters: [`${controlPlane().region}/kube`], namespaces: [account.namespace.name] });
    expect(err).not.toContain('other');
  });

  it('audit -A means all of its namespaces, and -n others', async () => {
    config.remove();
    config = new KubeconfigOfTest('elsewhere');
    config.write(CONTEXTS);
    expect(told(await kubectl('audit', '-o', 'json'))).toEqual([]);
    expect(told(await kubectl('audit', '-o', 'json', '-A'))).toContain(misspelt());
    expect(told(await kubectl('audit', '-o', 'json', '-n', account.namespace.name))).toEqual([misspelt()]);
    expect(await kubectl('audit', '-A', '-n', 'shop')).toMatchObject({
      status: 2,
      err: expect.stringContaining('-A means all namespaces'),
    });
  });

  it.each([
    ['audit', ['--details']],
    ['why', ['sa/app']],
  ])('D3: %s prints commands of kubectl for the context by which it read', async (command, argv) => {
    const { out } = await kubectl(command, ...argv);
    expect(out).toContain(`kubectl annotate serviceaccount app --context prod --namespace ${account.namespace.name} `);
    expect(out).not.toContain('--context arn:');
    // JSON is for programs, which know the cluster by its ARN.
    expect((await kubectl(command, ...argv.filter((word) => word !== '--details'), '-o', 'json')).out).toContain('--context arn:');
  });

  it('takes another kubeconfig, whose current context is meant, without kubectl too', async () => {
    const KUBECONFIG = join(config.folder, 'config');
    delete process.env['KUBECONFIG'];
    const { io, out } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1 }) });
    await run(['audit', '--region', controlPlane().region, '--kubeconfig', KUBECONFIG, '-n', account.namespace.name], io);
    expect(out()).toContain('--context prod ');
    expect((await kubectl('why', 'sa/app', '--kubeconfig', KUBECONFIG)).out).toContain('--context prod ');
    const { status, err } = await kubectl('audit', '--kubeconfig', '/nonexistent');
    expect([status, err]).toEqual([2, expect.stringMatching(/^irsa-auditor: The kubeconfig could not be read: ENOENT/)]);
  });

  it('who reads the cluster of the context, and names its service accounts', async () => {
    const { status, out } = await kubectl('who', 'app', '-o', 'json');
    expect([status, out]).toEqual([0, expect.stringContaining(`system:serviceaccount:${account.namespace.name}:app`)]);
    expect(account.test.endpoint.seen.filter(({ operation }) => operation === 'ListClusters').map(({ region }) => region)).toEqual([
      controlPlane().region,
    ]);
  });

  it('says where the context does not tell which cluster of EKS it is', async () => {
    config.write({ mine: { cluster: 'minikube' } });
    for (const command of [['audit'], ['who', 'app'], ['why', 'sa/app']])
      expect(await kubectl(...command)).toMatchObject({
        status: 2,
        err: expect.stringContaining('context mine does not tell which EKS cluster'),
      });
    expect(account.test.endpoint.seen).toEqual([]);
  });
});
