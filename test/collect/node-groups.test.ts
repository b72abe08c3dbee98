import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { unreadIn } from '../../src/engine/run/coverage.js';
import type { Inventory, NodeGroup } from '../../src/model/inventory/inventory.js';
import { seen, type Observed } from '../../src/model/inventory/observed.js';
import { pagesOf, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest, clustersIn } from './account-under-test.js';

const DENIED = serviceError('AccessDeniedException', 'no', 403);

describeOnMoto('managed node groups', () => {
  let test: AccountUnderTest;
  let role: string;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    role = `arn:aws:iam::${test.account.id}:role/nodes`;
    await test.account.cluster('eu-west-1', 'prod');
    for (const name of ['green', 'blue', 'red']) await test.account.nodeGroup('eu-west-1', 'prod', name, role);
  });
  afterEach(() => test.endpoint.stop());

  const associate = (): Promise<void> => test.account.association('eu-west-1', 'prod', 'shop', 'cart', role);
  const groupsIn = (inventory: Inventory): Observed<readonly NodeGroup[]> => {
    const [cluster] = seen(clustersIn(inventory, 'eu-west-1'));
    if (cluster === undefined) throw new Error('no cluster');
    return cluster.nodeGroups;
  };
  const gaps = (inventory: Inventory) => unreadIn(inventory, []).map(({ what, scope, reason }) => [what, scope, reason]);

  it('are read with the role of their nodes where the cluster has associations, page by page, sorted', async () => {
    await associate();
    test.endpoint.on({ operation: 'ListNodegroups' }, pagesOf(2));
    const inventory = await test.collect();
    const roleArn = { known: true, value: role };
    expect(groupsIn(inventory)).toEqual({ known: true, value: ['blue', 'green', 'red'].map((name) => ({ name, roleArn })) });
    expect([inventory.calls['eks:ListNodegroups'], inventory.calls['eks:DescribeNodegroup'], gaps(inventory)]).toEqual([2, 3, []]);
  });

  it('are read where an add-on that wants a role has none, but for the one that is on the nodes by default', async () => {
    await test.account.addon('eu-west-1', 'prod', 'vpc-cni');
    expect(groupsIn(await test.collect())).toMatchObject({ known: false, reason: 'not-requested' });
    await test.account.addon('eu-west-1', 'prod', 'aws-ebs-csi-driver');
    expect(groupsIn(await test.collect()).known).toBe(true);
  });

  it('are not asked for where nothing hangs on them, which is no gap', async () => {
    await test.account.addon('eu-west-1', 'prod', 'aws-ebs-csi-driver', role);
    const inventory = await test.collect();
    expect([groupsIn(inventory).known, inventory.calls['eks:ListNodegroups'], gaps(inventory)]).toEqual([false, undefined, []]);
  });

  it('that may not be listed are a gap of their cluster', async () => {
    await associate();
    test.endpoint.on({ operation: 'ListNodegroups' }, DENIED);
    const inventory = await test.collect();
    expect([groupsIn(inventory), gaps(inventory)]).toMatchObject([
      { known: false, reason: 'denied' },
      [['eks:ListNodegroups', 'eu-west-1/prod', 'denied']],
    ]);
  });

  it('that broke off are kept as far as they came', async () => {
    await associate();
    test.endpoint.on({ operation: 'ListNodegroups' }, pagesOf(2), 1);
    test.endpoint.on({ operation: 'ListNodegroups' }, DENIED);
    expect(seen(groupsIn(await test.collect())).map(({ name }) => name)).toHaveLength(2);
  });

  it('without their roles are one gap of their cluster', async () => {
    await associate();
    test.endpoint.on({ operation: 'DescribeNodegroup' }, DENIED);
    const inventory = await test.collect();
    expect(seen(groupsIn(inventory)).map(({ name, roleArn }) => [name, roleArn.known])).toEqual([
      ['blue', false],
      ['green', false],
      ['red', false],
    ]);
    expect(gaps(inventory)).toEqual([['eks:DescribeNodegroup', 'eu-west-1/prod', 'denied']]);
  });

  it('that go while they are read are left out', async () => {
    await associate();
    test.endpoint.on({ operation: 'DescribeNodegroup' }, serviceError('ResourceNotFoundException', 'gone', 404), 1);
    expect(seen(groupsIn(await test.collect()))).toHaveLength(2);
  });
});
