import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { run } from '../../../cli/run.js';
import { awsPort } from '../../../src/collect/aws/aws-port.js';
import type { Report } from '../../../src/model/report/report.js';
import { captured } from '../../cli/io-of-test.js';
import { controlPlane, describeOnKube } from '../../support/kubernetes/kube.js';
import { KubeconfigOfTest } from './kubeconfig-of-test.js';
import { RealAccount, toControlPlane } from './real-account.js';

/** The host of an API server as EKS names it; the letter makes it another cluster's. */
const eksHost = (letter: string): string => `https://${letter.repeat(32)}.gr7.eu-west-1.eks.amazonaws.com`;

describeOnKube('audit by contexts of the kubeconfig, on a real API server', () => {
  let account: RealAccount;
  let config: KubeconfigOfTest;
  beforeEach(async () => {
    account = await RealAccount.make();
    config = new KubeconfigOfTest(account.namespace.name);
    // A private endpoint, which only the context has a way to.
    account.test.endpoint.clear();
    toControlPlane(account.test, { endpoint: 'https://127.0.0.1:1' });
  });
  afterEach(async () => {
    config.remove();
    await account.test.endpoint.stop();
  });

  async function audit(argv: readonly string[]): Promise<{ readonly status: number; readonly err: string; readonly report: Report }> {
    const { io, out, err } = captured({ aws: () => awsPort({ version: '0', maxAttempts: 1 }), files: { saved: '{}' } });
    const status = await run(['audit', '--region', controlPlane().region, '--format', 'json', ...argv], io);
    return { status, err: err(), report: (out() === '' ? {} : JSON.parse(out())) as Report };
  }
  const unread = ({ coverage }: Report): readonly string[] => coverage.unread.map(({ scope, reason }) => `${scope} ${reason}`);

  it('reads the cluster that a context leads to as its user, and says nothing of a token', async () => {
    await account.carrier('app');
    config.write({ mine: { cluster: 'kube.eu-west-1.eksctl.io' } });
    const { err, report } = await audit(['--context', 'mine']);
    expect([unread(report), report.complete, err]).toEqual([[], true, expect.not.stringContaining('The context')]);
    expect(report.coverage.serviceAccounts).toBeGreaterThan(0);
    expect(JSON.stringify(report)).not.toContain(controlPlane().adminToken);
  });

  it('reads the others over their own endpoints', async () => {
    await account.test.account.cluster(controlPlane().region, 'other');
    config.write({ mine: { cluster: `arn:aws:eks:${controlPlane().region}:210987654321:cluster/other` } });
    const { report } = await audit(['--context', 'mine']);
    expect([...new Set(unread(report))]).toEqual([`${controlPlane().region}/kube unreachable`]);
  });

  it('says so where a context leads to a cluster that is not among them', async () => {
    config.write({ far: { cluster: 'shop.us-west-2.eksctl.io' } });
    const { err, report } = await audit(['--context', 'far']);
    expect(err).toContain('The context far leads to the cluster shop in us-west-2, which is not among those that were read.');
    expect([...new Set(unread(report))]).toEqual([`${controlPlane().region}/kube unreachable`]);
  });

  it('does not take the pods of one account for those of another whose cluster has the same name', async () => {
    account.test.endpoint.clear();
    toControlPlane(account.test, { endpoint: eksHost('A') });
    config.write({ mine: { cluster: 'kube.eu-west-1.eksctl.io', server: eksHost('B') } });
    const { report } = await audit(['--context', 'mine']);
    expect(report.coverage.serviceAccounts).toBeNull();
    expect(report.coverage.unread[0]).toMatchObject({
      scope: `${controlPlane().region}/kube`,
      reason: 'failed',
      detail: expect.stringMatching(/^The context mine leads to https:\/\/B.*is at https:\/\/A.*another account.*AWS_PROFILE/),
    });
  });

  it.each([
    [
      ['--context', 'mine'],
      /^irsa-auditor: The context mine does not tell which EKS cluster it is: `aws eks update-kubeconfig --alias mine`/,
    ],
    [['--context', 'none'], /^irsa-auditor: The kubeconfig has no context "none" that leads to a cluster\. It has: mine\./],
  ])('%j is wrong usage, and nothing is read', async (argv, words) => {
    config.write({ mine: { cluster: 'minikube' } });
    const { status, err } = await audit(argv);
    expect([status, err, account.test.endpoint.seen]).toEqual([2, expect.stringMatching(words), []]);
  });

  it('has nothing to do with a saved inventory', async () => {
    const { io, err } = captured({ files: { saved: '{}' } });
    expect([await run(['audit', '--inventory', 'saved', '--context', 'mine'], io), err()]).toEqual([
      2,
      expect.stringMatching(/--context chooses by which way clusters are read; a saved inventory/),
    ]);
  });
});
