import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { knownRegions } from '../../src/model/inventory/partitions.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest, clustersIn, namesOf } from './account-under-test.js';

const BY_SCP =
  'User: arn:aws:sts::111122223333:assumed-role/auditor/run is not authorized to perform: eks:ListClusters on resource: * ' +
  'with an explicit deny in a service control policy';

describeOnMoto('what AWS does not answer', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
  });
  afterEach(() => test.endpoint.stop());

  it("silences a denied region alone and keeps AWS's words, the service control policy with them", async () => {
    await test.account.cluster('eu-west-1', 'prod');
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-3' }, serviceError('AccessDeniedException', BY_SCP, 403));

    const inventory = await test.collect();

    expect(clustersIn(inventory, 'eu-west-3')).toEqual({ known: false, reason: 'denied', detail: `AccessDeniedException: ${BY_SCP}` });
    expect(clustersIn(inventory, 'eu-west-1').known).toBe(true);
    expect(inventory.providers.known && inventory.roles.known).toBe(true);
  });

  it.each([
    ['ListOpenIDConnectProviders', 'providers'],
    ['GetAccountAuthorizationDetails', 'roles'],
    ['GetAccountAuthorizationDetails', 'managedPolicies'],
    ['GetAccountSummary', 'quotas'],
  ] as const)('leaves one section unknown where %s is denied: %s', async (operation, section) => {
    test.endpoint.on({ operation }, serviceError('AccessDenied', 'no', 403));
    const inventory = await test.collect();
    expect(inventory[section]).toEqual({ known: false, reason: 'denied', detail: 'AccessDenied: no' });
    expect(inventory.regions.every(({ clusters }) => clusters.known)).toBe(true);
  });

  it('knows that a cluster or a provider is there although its detail is denied', async () => {
    const provider = await test.account.provider('https://example.com', ['sts.amazonaws.com']);
    await test.account.cluster('eu-west-1', 'prod');
    test.endpoint.on({ operation: 'DescribeCluster' }, serviceError('AccessDeniedException', 'no', 403));
    test.endpoint.on({ operation: 'GetOpenIDConnectProvider' }, serviceError('AccessDenied', 'no', 403));

    const inventory = await test.collect();

    expect(clustersIn(inventory, 'eu-west-1')).toMatchObject({
      known: true,
      value: [{ name: 'prod', arn: `arn:aws:eks:eu-west-1:${test.account.id}:cluster/prod`, detail: { known: false, reason: 'denied' } }],
    });
    expect(inventory.providers).toMatchObject({ known: true, value: [{ arn: provider, detail: { known: false, reason: 'denied' } }] });
  });

  it('drops a cluster and a provider that go while it reads, with a note', async () => {
    for (const name of ['going', 'staying']) await test.account.cluster('eu-west-1', name);
    const provider = await test.account.provider('https://example.com', []);
    const gone = serviceError('ResourceNotFoundException', 'No cluster found for name: going.', 404);
    test.endpoint.on({ operation: 'DescribeCluster', url: /going/ }, gone);
    test.endpoint.on({ operation: 'GetOpenIDConnectProvider' }, serviceError('NoSuchEntity', 'not found', 404));

    const inventory = await test.collect();

    const clusters = clustersIn(inventory, 'eu-west-1');
    expect(clusters.known && namesOf(clusters.value)).toEqual(['staying']);
    expect(inventory.providers).toEqual(known([]));
    expect(inventory.notes).toEqual([expect.stringContaining(provider), expect.stringMatching(/cluster going in eu-west-1 .*left out/)]);
  });

  it('tries again when AWS throttles, and counts the call once', async () => {
    await test.account.cluster('eu-west-1', 'prod');
    test.endpoint.on({ operation: 'DescribeCluster' }, serviceError('ThrottlingException', 'Rate exceeded', 429), 1);

    const inventory = await test.collect({}, 3);

    expect(clustersIn(inventory, 'eu-west-1')).toMatchObject({ value: [{ detail: { known: true } }] });
    expect(test.endpoint.counts()['DescribeCluster']).toBe(2);
    expect(inventory.calls['eks:DescribeCluster']).toBe(1);
  });

  it('sets its clock by that of AWS', async () => {
    const ahead = new Date(Date.now() + 3_600_000).toUTCString();
    const body = '<ErrorResponse><Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error></ErrorResponse>';
    const skewed = { status: 403, headers: { 'content-type': 'text/xml', 'date': ahead }, body };
    test.endpoint.on({ operation: 'GetAccountSummary' }, { kind: 'answer', answer: () => skewed }, 1);
    expect((await test.collect({}, 2)).quotas.known).toBe(true);
    expect(test.endpoint.counts()['GetAccountSummary']).toBe(2);
  });

  it('gives up as throttled where AWS goes on throttling', async () => {
    test.endpoint.on({ operation: 'GetAccountSummary' }, serviceError('Throttling', 'Rate exceeded'));
    expect((await test.collect()).quotas).toEqual({ known: false, reason: 'throttled', detail: 'Throttling: Rate exceeded' });
  });

  it.each([
    ['UnrecognizedClientException', 400],
    ['InvalidClientTokenId', 403],
    ['RegionDisabledException', 403],
  ])('takes %s of another region for a region that is not enabled', async (code, status) => {
    test.endpoint.on({ operation: 'ListClusters' }, serviceError(code, 'The security token included in the request is invalid.', status));
    const inventory = await test.collect();
    expect(clustersIn(inventory, 'eu-west-3')).toMatchObject({ known: false, reason: 'disabled-region' });
  });

  it('does not call the region disabled in which STS has just taken the credentials', async () => {
    test.endpoint.on({ operation: 'ListClusters' }, serviceError('UnrecognizedClientException', 'invalid'));
    expect(clustersIn(await test.collect(), 'eu-west-1')).toMatchObject({ known: false, reason: 'failed' });
  });

  it('tries every known region where the list of regions is refused', async () => {
    await test.account.cluster('eu-west-1', 'prod');
    test.endpoint.on({ operation: 'ListRegions' }, serviceError('AccessDeniedException', 'no', 403));
    test.endpoint.on({ operation: 'ListClusters', region: 'me-south-1' }, serviceError('UnrecognizedClientException', 'invalid'));

    const inventory = await test.collect({ regions: 'all' });

    expect(inventory.regionList).toEqual({ known: false, reason: 'denied', detail: 'AccessDeniedException: no' });
    expect(inventory.regions.map(({ region }) => region)).toEqual(knownRegions('aws'));
    expect(clustersIn(inventory, 'me-south-1')).toMatchObject({ known: false, reason: 'disabled-region' });
    expect(seen(clustersIn(inventory, 'eu-west-1'))).toHaveLength(1);
  });

  it('gives the same bytes for the same account', async () => {
    for (const name of ['b', 'a']) await test.account.cluster('eu-west-1', name);
    for (const host of ['z', 'a']) await test.account.provider(`https://${host}.example.com`, []);
    test.endpoint.on({ operation: 'ListClusters', region: 'eu-west-1' }, rawAnswer('{"clusters":["b","a"]}'), 1);
    expect(JSON.stringify(await test.collect({ concurrency: 1 }))).toBe(JSON.stringify(await test.collect({ concurrency: 7 })));
  });
});
