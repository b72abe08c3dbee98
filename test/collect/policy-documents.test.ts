import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodePolicyDocument } from '../../src/collect/policy-document.js';
import { seen } from '../../src/model/inventory/observed.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest } from './account-under-test.js';

const empty = { Version: '2012-10-17', Statement: [] };

describe('a policy document', () => {
  it.each([
    ['%7B%22Sid%22%3A%22a%20b%2Fc%2Bd%22%7D', { Sid: 'a b/c+d' }],
    ['%7B%22Sid%22%3A%22a+b%22%7D', { Sid: 'a+b' }],
    ['%7B%22Sid%22%3A%22100%2525%22%7D', { Sid: '100%25' }],
    ['%7B%22Sid%22%3A%22%C3%BC%22%7D', { Sid: 'ü' }],
    ['{"Sid":"100%"}', { Sid: '100%' }],
    ['not%20JSON', 'not JSON'],
    ['%7B%22Sid%22', '{"Sid"'],
    ['%', '%'],
    ['', ''],
  ])('is decoded by RFC 3986, and text where it is not JSON: %j', (encoded, document) => {
    expect(decodePolicyDocument(encoded)).toEqual(document);
  });

  it.each(['[', '{"a":'])('is text where it is nested deeper than any policy is: %s', (open) => {
    const nested = (times: number): string => `${open.repeat(times)}1${(open === '[' ? ']' : '}').repeat(times)}`;
    for (const times of [100, 50_000]) expect(decodePolicyDocument(nested(times))).toBe(nested(times));
    expect(decodePolicyDocument(nested(30))).toEqual(JSON.parse(nested(30)));
  });
});

describeOnMoto('policy documents over the wire', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
  });
  afterEach(() => test.endpoint.stop());

  it('keeps a trust policy that is not JSON as the text that it is, and the other roles as they are', async () => {
    for (const name of ['a', 'b']) await test.account.role(name, empty);
    test.endpoint.on(
      { operation: 'GetAccountAuthorizationDetails' },
      { kind: 'after', rewrite: (answer) => answer.replace(/(<AssumeRolePolicyDocument>)[^<]*/, '$1%7B%22Version%22%3A%20oops') },
    );
    const { roles } = await test.collect();
    expect(roles.known).toBe(true);
    expect(seen(roles).map(({ trustPolicy }) => trustPolicy)).toEqual(['{"Version": oops', empty]);
  });

  it('takes the scheme off the address of a provider, if IAM should leave it on', async () => {
    await test.account.provider('https://a.example.com/x', []);
    const rewrite = (answer: string) => answer.replace(/<Url>[^<]*/, '<Url>https://a.example.com/x');
    test.endpoint.on({ operation: 'GetOpenIDConnectProvider' }, { kind: 'after', rewrite });
    expect((await test.collect()).providers).toMatchObject({ value: [{ detail: { value: { url: 'a.example.com/x' } } }] });
  });

  it('reads when and where a role was last used', async () => {
    await test.account.role('a', empty);
    const used = '<RoleLastUsed><LastUsedDate>2026-11-20T08:00:00Z</LastUsedDate><Region>eu-west-1</Region></RoleLastUsed>';
    const withoutRegion = used.replace('<Region>eu-west-1</Region>', '');
    const sent = /<RoleLastUsed>.*?<\/RoleLastUsed>|<RoleLastUsed\s*\/>/s;
    const instead = (text: string) => ({ kind: 'after' as const, rewrite: (answer: string) => answer.replace(sent, text) });
    test.endpoint.on({ operation: 'GetAccountAuthorizationDetails' }, instead(used), 1);
    test.endpoint.on({ operation: 'GetAccountAuthorizationDetails' }, instead(withoutRegion));

    expect((await test.collect()).roles).toMatchObject({
      value: [{ lastUsed: { date: '2026-11-20T08:00:00.000Z', region: 'eu-west-1' } }],
    });
    expect((await test.collect()).roles).toMatchObject({ value: [{ lastUsed: { date: '2026-11-20T08:00:00.000Z', region: null } }] });
  });

  it('takes the fields that a role lacks for empty', async () => {
    const role = '<member><Arn>arn:x</Arn><RoleName>x</RoleName><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument></member>';
    const rewrite = (answer: string) => answer.replace(/<RoleDetailList\s*\/>/, `<RoleDetailList>${role}</RoleDetailList>`);
    test.endpoint.on({ operation: 'GetAccountAuthorizationDetails' }, { kind: 'after', rewrite });
    expect(seen((await test.collect()).roles)).toEqual([
      {
        arn: 'arn:x',
        name: 'x',
        path: '/',
        createdAt: null,
        trustPolicy: {},
        inlinePolicies: [],
        attachedPolicyArns: [],
        permissionsBoundaryArn: null,
        tags: {},
        lastUsed: null,
      },
    ]);
  });

  it('takes a cluster that is still being made as it is, without an issuer', async () => {
    await test.account.cluster('eu-west-1', 'young');
    test.endpoint.on(
      { operation: 'DescribeCluster' },
      {
        kind: 'after',
        rewrite: (answer) => {
          const { cluster } = JSON.parse(answer) as { cluster: { name: string; arn: string } };
          const { name, arn } = cluster;
          return JSON.stringify({ cluster: { name, arn, status: 'CREATING', resourcesVpcConfig: { endpointPublicAccess: false } } });
        },
      },
    );
    const [region] = (await test.collect()).regions;
    expect(region?.clusters).toMatchObject({
      known: true,
      value: [
        {
          name: 'young',
          detail: {
            known: true,
            value: {
              status: 'CREATING',
              issuer: null,
              endpoint: null,
              certificateAuthority: null,
              endpointPublicAccess: false,
              createdAt: null,
              kubernetesVersion: null,
              tags: {},
            },
          },
        },
      ],
    });
  });
});
