import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { unreadIn } from '../../src/engine/run/coverage.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen, type Observed } from '../../src/model/inventory/observed.js';
import type { PodIdentityAssociation } from '../../src/model/inventory/inventory.js';
import { pagesOf, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest, clustersIn } from './account-under-test.js';

const DENIED = serviceError('AccessDeniedException', 'no', 403);

describeOnMoto('Pod Identity associations', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    for (const [region, name] of [
      ['eu-west-1', 'prod'],
      ['eu-west-1', 'dev'],
      ['eu-west-3', 'prod'],
    ] as const)
      await test.account.cluster(region, name);
  });
  afterEach(() => test.endpoint.stop());

  const roleOf = (name: string): string => `arn:aws:iam::${test.account.id}:role/${name}`;
  const give = (serviceAccount: string, role = serviceAccount, region = 'eu-west-1'): Promise<void> =>
    test.account.association(region, 'prod', 'shop', serviceAccount, roleOf(role));
  const associationsIn = (inventory: Inventory, region = 'eu-west-1', name = 'prod'): Observed<readonly PodIdentityAssociation[]> => {
    const cluster = seen(clustersIn(inventory, region)).find((one) => one.name === name);
    if (cluster === undefined) throw new Error(`no cluster ${name}`);
    return cluster.podIdentityAssociations;
  };
  const gaps = (inventory: Inventory) => unreadIn(inventory, []).map(({ what, scope, reason }) => [what, scope, reason]);

  it('are read with their roles, page by page, sorted', async () => {
    for (const name of ['c', 'a', 'b']) await give(name);
    await give('x', 'other', 'eu-west-3');
    test.endpoint.on({ operation: 'ListPodIdentityAssociations' }, pagesOf(2));
    const inventory = await test.collect();
    expect(seen(associationsIn(inventory)).map(({ serviceAccount, roleArn }) => [serviceAccount, roleArn])).toEqual([
      ['a', roleOf('a')],
      ['b', roleOf('b')],
      ['c', roleOf('c')],
    ]);
    expect(associationsIn(inventory, 'eu-west-1', 'dev')).toEqual({ known: true, value: [] });
    expect(seen(associationsIn(inventory, 'eu-west-3'))).toMatchObject([{ serviceAccount: 'x', roleArn: roleOf('other') }]);
    expect(gaps(inventory)).toEqual([]);
  });

  it('that may not be listed silence their cluster alone', async () => {
    await give('a', 'a', 'eu-west-3');
    test.endpoint.on({ operation: 'ListPodIdentityAssociations', region: 'eu-west-1' }, DENIED);
    const inventory = await test.collect();
    expect(associationsIn(inventory)).toMatchObject({ known: false, reason: 'denied' });
    expect(associationsIn(inventory, 'eu-west-3').known).toBe(true);
    expect(gaps(inventory)).toEqual(
      [
        ['eu-west-1/dev', 'denied'],
        ['eu-west-1/prod', 'denied'],
      ].map(([scope, reason]) => ['eks:ListPodIdentityAssociations', scope, reason]),
    );
  });

  it('that may not be described are there without their role, and their cluster has one gap', async () => {
    for (const name of ['a', 'b']) await give(name);
    test.endpoint.on({ operation: 'DescribePodIdentityAssociation' }, DENIED);
    const inventory = await test.collect();
    expect(seen(associationsIn(inventory))).toMatchObject([
      { serviceAccount: 'a', roleArn: null, unread: { reason: 'denied' } },
      { serviceAccount: 'b', roleArn: null, unread: { reason: 'denied' } },
    ]);
    expect(gaps(inventory)).toEqual([['eks:DescribePodIdentityAssociation', 'eu-west-1/prod', 'denied']]);
  });

  it('that go while they are read are left out', async () => {
    for (const name of ['a', 'b']) await give(name);
    test.endpoint.on({ operation: 'DescribePodIdentityAssociation' }, serviceError('ResourceNotFoundException', 'gone', 404), 1);
    const inventory = await test.collect();
    expect(seen(associationsIn(inventory))).toHaveLength(1);
    expect(gaps(inventory)).toEqual([]);
  });
});
