import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { observePages } from '../../src/collect/reading/observe.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { type Fault, pagesOf, rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest, clustersIn, namesOf } from './account-under-test.js';

const nothing = { Version: '2012-10-17', Statement: [] };
const ROLES = 'GetAccountAuthorizationDetails';
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
    expect(seen(inventory.roles).map(({ name }) => name)).toEqual(['r1', 'r2', 'r3']);
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
    expect(namesOf(seen(clusters))).toEqual(['a', 'b']);
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

  /** Pages that each name another one, for as long as anybody asks. */
  const endless = (items: string): Fault => {
    let page = 0;
    return {
      kind: 'answer',
      answer: () => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: `{"clusters":[${items}],"nextToken":"t${(page += 1)}"}`,
      }),
    };
  };

  it('goes over a few pages with nothing on them', async () => {
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-1' }, endless(''), 8);
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-1' }, rawAnswer('{"clusters":[]}'));
    expect(clustersIn(await test.collect(), 'eu-west-1')).toEqual(known([]));
  });

  it('ends a list that goes on with nothing on its pages', async () => {
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-1' }, endless(''));

    const inventory = await test.collect({ regions: ['eu-west-1'] });

    expect(clustersIn(inventory, 'eu-west-1')).toMatchObject({
      known: false,
      reason: 'malformed',
      detail: expect.stringContaining('10 pages in a row with nothing on them'),
    });
    expect(inventory.calls['eks:ListClusters']).toBe(10);
  });

  it('ends one whose pages of roles go on so, with what came before', async () => {
    let page = 0;
    const more = (content: string): string => `${content}<IsTruncated>true</IsTruncated><Marker>m${(page += 1)}</Marker>`;
    const role = '<member><Arn>a</Arn><RoleName>r1</RoleName><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument></member>';
    const answer = (roles: string) => (): { status: number; headers: Record<string, string>; body: string } => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: `<R><${ROLES}Result>${more(`<RoleDetailList>${roles}</RoleDetailList><Policies/>`)}</${ROLES}Result></R>`,
    });
    test.endpoint.on({ operation: ROLES }, { kind: 'answer', answer: answer(role) }, 1);
    test.endpoint.on({ operation: ROLES }, { kind: 'answer', answer: answer('') });

    const inventory = await test.collect();

    expect(inventory.roles).toMatchObject({ known: false, reason: 'malformed', partial: [{ name: 'r1' }] });
    expect(inventory.calls[`iam:${ROLES}`]).toBe(11);
  });
});

describe('a list that never ends', () => {
  it('is closed after more pages than an account can fill, with what came', async () => {
    let calls = 0;
    const list = await observePages(() => {
      calls += 1;
      return Promise.resolve({ items: [calls], next: `t${calls}` });
    });
    expect(list).toMatchObject({ known: false, reason: 'malformed', detail: expect.stringContaining('2,000 pages') });
    expect(seen(list)).toHaveLength(calls);
    expect(calls).toBe(2_000);
  });

  it('is followed as far as an account may be filled', async () => {
    const page = (at: number): string | null => (at === 1_500 ? null : String(at));
    let at = 0;
    const list = await observePages(() => Promise.resolve({ items: Array.from({ length: 50 }, () => 'role'), next: page((at += 1)) }));
    expect(list.known && list.value.length).toBe(75_000);
  });
});
