import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { rawAnswer } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest, clustersIn } from './account-under-test.js';

const xml = (operation: string, content: string) => rawAnswer(`<R><${operation}Result>${content}</${operation}Result></R>`, 'text/xml');
const firstClusters = (inventory: Inventory) => clustersIn(inventory, 'eu-west-1');
const firstDetail = (inventory: Inventory) => seen(firstClusters(inventory))[0]?.detail;
const firstProvider = (inventory: Inventory) => seen(inventory.providers)[0]?.detail;

const ROLES = 'GetAccountAuthorizationDetails';

/** Broken answers by operation, and the words that tell what is missing. */
const BROKEN = [
  ['ListClusters', 'an empty body', rawAnswer(''), 'holds no list clusters', firstClusters],
  ['ListClusters', 'an empty object', rawAnswer('{}'), 'holds no list clusters', firstClusters],
  ['ListClusters', 'text in place of the list', rawAnswer('{"clusters":"prod"}'), 'holds no list clusters', firstClusters],
  ['ListClusters', 'a page of a proxy', rawAnswer('<html>hello</html>', 'text/html'), 'HTTP 200', firstClusters],
  ['DescribeCluster', 'no cluster', rawAnswer('{}'), 'holds no cluster', firstDetail],
  ['DescribeCluster', 'a cluster without ARN', rawAnswer('{"cluster":{"name":"prod","status":"ACTIVE"}}'), 'holds no arn', firstDetail],
  ['DescribeCluster', 'a cluster without status', rawAnswer('{"cluster":{"name":"prod","arn":"arn:x"}}'), 'holds no status', firstDetail],
  [
    'ListOpenIDConnectProviders',
    'an empty body',
    rawAnswer('', 'text/xml'),
    'no list OpenIDConnectProviderList',
    (i: Inventory) => i.providers,
  ],
  ['ListOpenIDConnectProviders', 'half an answer', rawAnswer('<A><B>', 'text/xml'), 'HTTP 200', (i: Inventory) => i.providers],
  ['GetOpenIDConnectProvider', 'no URL', xml('GetOpenIDConnectProvider', '<ClientIDList/>'), 'holds no Url', firstProvider],
  [
    'GetOpenIDConnectProvider',
    'no audiences',
    xml('GetOpenIDConnectProvider', '<Url>a.test</Url>'),
    'holds no list ClientIDList',
    firstProvider,
  ],
  [ROLES, 'no roles', xml(ROLES, '<Policies/>'), 'holds no list RoleDetailList', (i: Inventory) => i.roles],
  [
    ROLES,
    'a role without trust policy',
    xml(ROLES, '<RoleDetailList><member><Arn>a</Arn><RoleName>r</RoleName></member></RoleDetailList><Policies/>'),
    'holds no AssumeRolePolicyDocument',
    (i: Inventory) => i.roles,
  ],
  [ROLES, 'no policies', xml(ROLES, '<RoleDetailList/>'), 'holds no list Policies', (i: Inventory) => i.managedPolicies],
  [
    ROLES,
    'a policy without default version',
    xml(ROLES, '<RoleDetailList/><Policies><member><Arn>a</Arn><PolicyVersionList/></member></Policies>'),
    'holds no Document of the default version',
    (i: Inventory) => i.managedPolicies,
  ],
  ['GetAccountSummary', 'no figures', xml('GetAccountSummary', ''), 'holds no SummaryMap', (i: Inventory) => i.quotas],
  ['ListRegions', 'no list', rawAnswer('{}'), 'holds no list Regions', (i: Inventory) => i.regionList],
] as const;

describeOnMoto('answers that lack what they must hold', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    await test.account.cluster('eu-west-1', 'prod');
    await test.account.provider('https://a.example.com', []);
  });
  afterEach(() => test.endpoint.stop());

  it.each(BROKEN)('%s with %s is malformed, never empty', async (operation, _, fault, words, read) => {
    test.endpoint.on({ operation }, fault);
    const inventory = await test.collect(operation === 'ListRegions' ? { regions: 'all' } : {});
    expect(read(inventory)).toMatchObject({ known: false, reason: 'malformed', detail: expect.stringContaining(words) });
  });

  it('keeps the roles of an answer that lacks the policies alone', async () => {
    test.endpoint.on({ operation: ROLES }, xml(ROLES, '<RoleDetailList/>'));
    expect((await test.collect()).roles).toEqual({ known: true, value: [] });
  });

  it('leaves out a limit that the summary does not name', async () => {
    const answer = '<SummaryMap><entry><key>RolesQuota</key><value>5000</value></entry></SummaryMap>';
    test.endpoint.on({ operation: 'GetAccountSummary' }, xml('GetAccountSummary', answer));
    expect((await test.collect()).quotas).toEqual({ known: true, value: { trustPolicyLength: null, roles: 5000 } });
  });

  it("calls a gateway's error page failed, with its status", async () => {
    test.endpoint.on({ operation: 'ListClusters' }, rawAnswer('<html>', 'text/html', 502));
    const clusters = firstClusters(await test.collect());
    expect(clusters).toMatchObject({ known: false, reason: 'failed', detail: expect.stringContaining('HTTP 502') });
  });
});
