import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { known, whatArrived } from '../../src/model/observed.js';
import { pagesOf, rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest, clustersIn, namesOf } from './account-under-test.js';

const nothing = { Version: '2012-10-17', Statement: [] };
const permission = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] };

describeOnMoto('lists in pages', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
  });
  afterEach(() => test.endpoint.stop());

  it('follows the pages of clusters, roles, policies and regions to the end', async () => {
    for (const name of ['c', 'a', 'b']) await test.account.cluster('eu-west-1', name);
    for (const name of ['r3', 'r1', 'r2']) await test.account.role(name, nothing);
    const policies = [await test.account.policy('p1', permission), await test.account.policy('p2', permission)];
    test.endpoint.on({ operation: 'ListRegions' }, pagesOf(10));
    test.endpoint.on({}, pagesOf(2));

    const inventory = await test.collect({ regions: 'all' });

    const clusters = clustersIn(inventory, 'eu-west-1');
    expect(clusters.known && namesOf(clusters.value)).toEqual(['a', 'b', 'c']);
    expect(whatArrived(inventory.roles).map(({ name }) => name)).toEqual(['r1', 'r2', 'r3']);
    expect(inventory.managedPolicies).toEqual(known(policies.map((arn) => ({ arn, document: permission }))));
    // 5 things by 2; 3 clusters by 2 in one region; the other regions have one empty page.
    expect(inventory.calls).toMatchObject({ 'iam:GetAccountAuthorizationDetails': 3, 'eks:ListClusters': inventory.regions.length + 1 });
    expect(inventory.calls['account:ListRegions']).toBeGreaterThan(1);
    expect(inventory.regions).toHaveLength(17);
  });

  it('keeps what came before a page that was refused, and does not call it complete', async () => {
    for (const name of ['a', 'b', 'c']) await test.account.cluster('eu-west-1', name);
    for (const name of ['r1', 'r2', 'r3']) await test.account.role(name, nothing);
    test.endpoint.on({ operation: 'ListClusters', url: /nextToken/ }, serviceError('AccessDeniedException', 'not today', 403));
    test.endpoint.on({ operation: 'GetAccountAuthorizationDetails' }, pagesOf(2), 1);
    test.endpoint.on({ operation: 'GetAccountAuthorizationDetails' }, serviceError('AccessDenied', 'not today', 403));
    test.endpoint.on({ operation: 'ListClusters' }, pagesOf(2));

    const inventory = await test.collect();

    const clusters = clustersIn(inventory, 'eu-west-1');
    expect(clusters).toMatchObject({ known: false, reason: 'denied', detail: 'AccessDeniedException: not today' });
    expect(namesOf(whatArrived(clusters))).toEqual(['a', 'b']);
    expect(inventory.roles).toMatchObject({ known: false, reason: 'denied', partial: [{ name: 'r1' }, { name: 'r2' }] });
    expect(inventory.managedPolicies).toEqual({ known: false, reason: 'denied', detail: 'AccessDenied: not today' });
  });

  it('does not go round in circles when a page names itself as the next', async () => {
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-1' }, rawAnswer('{"clusters":[],"nextToken":"again"}'));

    const inventory = await test.collect();

    expect(clustersIn(inventory, 'eu-west-1')).toMatchObject({
      known: false,
      reason: 'malformed',
      detail: expect.stringContaining('next one'),
    });
    expect(inventory.calls['eks:ListClusters']).toBe(3);
  });

  it('takes an announced page without its marker for a broken answer', async () => {
    const page = '<RoleDetailList/><Policies/><IsTruncated>true</IsTruncated>';
    test.endpoint.on(
      { operation: 'GetAccountAuthorizationDetails' },
      rawAnswer(`<R><GetAccountAuthorizationDetailsResult>${page}</GetAccountAuthorizationDetailsResult></R>`, 'text/xml'),
    );

    const { roles, managedPolicies } = await test.collect();

    expect(roles).toMatchObject({ known: false, reason: 'malformed', detail: expect.stringContaining('Marker') });
    expect(managedPolicies.known).toBe(false);
  });
});
