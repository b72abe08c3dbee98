import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnKube, EKS } from '../../support/kubernetes/kube.js';
import { NARROW, RealAccount } from './real-account.js';

/** As much as a real API server takes: 256 KiB of annotations for an object. */
const QUARTER = 245_000;
const names = (prefix: string): readonly string[] =>
  Array.from({ length: QUARTER / 100 }, (_, n) => `${prefix}${'X'.repeat(90)}${1000 + n}`);

describeOnKube('a tenant of one namespace of a real API server', () => {
  let account: RealAccount;
  beforeEach(async () => {
    account = await RealAccount.make();
    await account.allow(NARROW);
  });
  afterEach(() => account.test.endpoint.stop());

  it('fills his objects in vain: of each little is kept, what rules need of it among that, and the others are judged', async () => {
    const { namespace } = account;
    const annotations = Object.fromEntries(names(EKS).map((key) => [key.replace(/X{40}/, ''), 'x'.repeat(30)]));
    await namespace.serviceAccount('full', { ...annotations, [`${EKS}audience`]: 'of-his-own' });
    await namespace.serviceAccount('plain');
    const env = [...names('AWS_'), 'AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'].map((name) => ({ name, value: 'x' }));
    await namespace.pod('full', 'plain', { containers: [{ name: 'main', image: 'i', env }] });
    await account.carrier('app');
    await namespace.pod('app', 'app');
    for (const pod of ['full', 'app']) await namespace.running(pod);
    const { serviceAccounts, workloads } = await account.cluster();
    expect([serviceAccounts.known, workloads.known]).toEqual([true, true]);
    const mine = (workloads.known ? workloads.value : []).filter((one) => one.namespace === namespace.name);
    expect(JSON.stringify(mine).length).toBeLessThan(10_000);
    expect(mine.find(({ example }) => example === 'full')?.containers[0]?.variables).toEqual(
      expect.arrayContaining(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']),
    );
    const full = (serviceAccounts.known ? serviceAccounts.value : []).find(
      (one) => one.namespace === namespace.name && one.name === 'full',
    );
    expect(full?.annotations).toEqual({ [`${EKS}audience`]: 'of-his-own' });
    expect(await account.wrong()).toEqual([]);
  });
});
