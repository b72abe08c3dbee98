import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { unreadIn } from '../../src/engine/run/coverage.js';
import type { Addon, Inventory } from '../../src/model/inventory/inventory.js';
import { seen, type Observed } from '../../src/model/inventory/observed.js';
import { pagesOf, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest, clustersIn } from './account-under-test.js';

const DENIED = serviceError('AccessDeniedException', 'no', 403);
const VERSION = 'v1.3.10-eksbuild.1';

describeOnMoto('EKS add-ons', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    for (const name of ['prod', 'dev']) await test.account.cluster('eu-west-1', name);
  });
  afterEach(() => test.endpoint.stop());

  const addonsIn = (inventory: Inventory, name = 'prod'): Observed<readonly Addon[]> => {
    const cluster = seen(clustersIn(inventory, 'eu-west-1')).find((one) => one.name === name);
    if (cluster === undefined) throw new Error(`no cluster ${name}`);
    return cluster.addons;
  };
  const gaps = (inventory: Inventory) => unreadIn(inventory, []).map(({ what, scope, reason }) => [what, scope, reason]);

  it('are read with their role and what they want, page by page, sorted', async () => {
    const role = `arn:aws:iam::${test.account.id}:role/ebs`;
    await test.account.addon('eu-west-1', 'prod', 'vpc-cni');
    await test.account.addon('eu-west-1', 'prod', 'coredns');
    await test.account.addon('eu-west-1', 'prod', 'aws-ebs-csi-driver', role);
    test.endpoint.on({ operation: 'ListAddons' }, pagesOf(2));
    const inventory = await test.collect();
    const detail = { version: VERSION, status: 'ACTIVE', issues: [], serviceAccountRoleArn: null, namespace: null, configured: false };
    expect(seen(addonsIn(inventory))).toMatchObject([
      {
        name: 'aws-ebs-csi-driver',
        detail: { known: true, value: { ...detail, serviceAccountRoleArn: role } },
        wants: {
          known: true,
          value: [{ serviceAccount: 'ebs-csi-controller-sa', recommendedPolicyArns: ['arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicy'] }],
        },
      },
      { name: 'coredns', detail: { known: false, reason: 'not-requested' }, wants: { known: false, reason: 'not-requested' } },
      { name: 'vpc-cni', detail: { known: true, value: detail } },
    ]);
    expect(addonsIn(inventory, 'dev')).toEqual({ known: true, value: [] });
    expect(gaps(inventory)).toEqual([]);
  });

  it('are asked once what their version wants, however many clusters have it', async () => {
    for (const cluster of ['prod', 'dev']) await test.account.addon('eu-west-1', cluster, 'vpc-cni');
    const { calls } = await test.collect();
    expect([calls['eks:DescribeAddon'], calls['eks:DescribeAddonConfiguration']]).toEqual([2, 1]);
  });

  it('that may not be listed silence their cluster alone', async () => {
    test.endpoint.on({ operation: 'ListAddons' }, DENIED, 1);
    const inventory = await test.collect();
    const known = ['prod', 'dev'].map((name) => addonsIn(inventory, name).known);
    expect([...known].sort()).toEqual([false, true]);
    expect(gaps(inventory)).toEqual([['eks:ListAddons', `eu-west-1/${known[0] === true ? 'dev' : 'prod'}`, 'denied']]);
  });

  it.each([
    ['DescribeAddon', [false, false]],
    ['DescribeAddonConfiguration', [true, false]],
  ])('without %s are there, and their cluster has one gap', async (operation, known) => {
    for (const name of ['vpc-cni', 'adot', 'coredns']) await test.account.addon('eu-west-1', 'prod', name);
    test.endpoint.on({ operation }, DENIED);
    const inventory = await test.collect();
    expect(seen(addonsIn(inventory)).map(({ name, detail, wants }) => [name, detail.known, wants.known])).toEqual([
      ['adot', ...known],
      ['coredns', false, false],
      ['vpc-cni', ...known],
    ]);
    expect(gaps(inventory)).toEqual([[`eks:${operation}`, 'eu-west-1/prod', 'denied']]);
  });

  it('that go while they are read are left out', async () => {
    await test.account.addon('eu-west-1', 'prod', 'vpc-cni');
    test.endpoint.on({ operation: 'DescribeAddon' }, serviceError('ResourceNotFoundException', 'gone', 404), 1);
    const inventory = await test.collect();
    expect([seen(addonsIn(inventory)), gaps(inventory)]).toEqual([[], []]);
  });
});
