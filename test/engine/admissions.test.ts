import { describe, expect, it } from '@jest/globals';
import { admissionsOf } from '../../src/engine/admissions.js';
import type { Admitted, Entrance } from '../../src/model/report/admission.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const ACCOUNT = '210987654321';
const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const ARN = `arn:aws:iam::${ACCOUNT}:oidc-provider/${URL}`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;

const allow = (condition: Json, over: Record<string, Json> = {}): Json => ({
  Effect: 'Allow',
  Principal: { Federated: ARN },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
  ...over,
});
const sub = (operator: string, ...subjects: string[]): Json => ({ [operator]: { [`${URL}:sub`]: subjects } });
const sa = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

function entrances(statements: Json[], over: Case = {}): readonly Entrance[] {
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    providers: [{ arn: ARN }],
    roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: statements } }],
    serviceAccounts: [
      { cluster: 'prod', namespace: 'shop', name: 'cart' },
      { cluster: 'prod', namespace: 'shop', name: 'pay' },
      { cluster: 'prod', namespace: 'ops', name: 'pay' },
    ],
    ...over,
  });
  return admissionsOf(inventory).roles[0]?.entrances ?? [];
}

describe('who can take a role', () => {
  it.each<[string, Json, Admitted, string[]]>([
    ['one subject', sub('StringEquals', sa('shop', 'cart')), { kind: 'exactly', subjects: [sa('shop', 'cart')] }, ['shop/cart']],
    [
      'two, one of whom does not exist',
      sub('StringEquals', sa('shop', 'pay'), sa('shop', 'x')),
      { kind: 'exactly', subjects: [sa('shop', 'pay'), sa('shop', 'x')] },
      ['shop/pay'],
    ],
    [
      'a namespace',
      sub('StringLike', sa('shop', '*')),
      { kind: 'patterns', patterns: [sa('shop', '*')], namespaces: ['shop'], openPatterns: [] },
      ['shop/cart', 'shop/pay'],
    ],
    [
      'one name in every namespace',
      sub('StringLike', sa('*', 'pay')),
      { kind: 'patterns', patterns: [sa('*', 'pay')], namespaces: [], openPatterns: [sa('*', 'pay')] },
      ['ops/pay', 'shop/pay'],
    ],
    ['everybody', sub('StringLike', sa('*', '*')), { kind: 'everybody' }, ['ops/pay', 'shop/cart', 'shop/pay']],
    [
      'a pattern under an equals operator, which is no name',
      sub('StringEquals', sa('shop', '*')),
      { kind: 'nobody', because: [`$.Statement[0].Condition.StringEquals['${URL}:sub']`] },
      [],
    ],
    ['a caller of one address alone', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { kind: 'undecided' }, []],
    [
      'nobody, by two conditions',
      { StringEquals: { [`${URL}:sub`]: sa('a', 'b') }, StringLike: { [`${URL}:sub`]: sa('c', '*') } },
      {
        kind: 'nobody',
        because: [`$.Statement[0].Condition.StringEquals['${URL}:sub']`, `$.Statement[0].Condition.StringLike['${URL}:sub']`],
      },
      [],
    ],
  ])('%s', (_, condition, who, serviceAccounts) => {
    expect(entrances([allow(condition)])).toMatchObject([
      {
        issuer: URL,
        audience: 'sts.amazonaws.com',
        provider: 'there',
        cluster: 'eu-west-1/prod',
        who,
        serviceAccounts,
        statements: who.kind === 'nobody' ? [] : ['$.Statement[0]'],
      },
    ]);
  });

  it('is nobody where the account has no provider, and unsaid where its providers were not read', () => {
    expect(entrances([allow(sub('StringEquals', sa('shop', 'cart')))], { providers: [] })).toMatchObject([
      { provider: 'absent', who: { kind: 'nobody', because: [] } },
    ]);
    expect(entrances([allow(sub('StringEquals', sa('shop', 'cart')))], { providers: [], unread: { providers: 'denied' } })).toMatchObject([
      { provider: 'unread', who: { kind: 'exactly' } },
    ]);
  });

  it('comes in through each audience that the provider takes and the policy does not refuse', () => {
    const providers = [{ arn: ARN, clientIds: ['vault', 'sts.amazonaws.com'] }];
    const found = entrances([allow({ ...(sub('StringEquals', sa('shop', 'cart')) as object), StringLike: { [`${URL}:aud`]: 'v*' } })], {
      providers,
    });
    expect(found.map(({ audience, who }) => [audience, who.kind])).toEqual([['vault', 'exactly']]);
  });

  it('is nobody where the provider takes no audience at all', () => {
    expect(entrances([allow(sub('StringEquals', sa('shop', 'cart')))], { providers: [{ arn: ARN, clientIds: [] }] })).toMatchObject([
      { who: { kind: 'nobody' } },
    ]);
  });

  it('says who gets in at most where configuration cannot tell, and each statement once', () => {
    const named = { [`${URL}:sub`]: sa('shop', 'cart') };
    const network = { StringEquals: named, StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } };
    expect(entrances([allow(network)])).toMatchObject([
      {
        who: { kind: 'undecided' },
        atMost: { kind: 'exactly', subjects: [sa('shop', 'cart')] },
        serviceAccounts: [],
        maybe: ['shop/cart'],
        statements: ['$.Statement[0]'],
      },
    ]);
    const own = { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/id.example.com` };
    const other = allow(
      { StringEqualsIfExists: { 'id.example.com:email': 'x' }, StringEquals: { 'id.example.com:sub': 'y' } },
      { Principal: own },
    );
    expect(entrances([other], { providers: [{ arn: own.Federated }] })[0]?.statements).toEqual(['$.Statement[0]']);
    const open = entrances([allow({ StringEqualsIfExists: named })])[0];
    expect(open?.statements).toEqual(['$.Statement[0]']);
    expect(open).not.toHaveProperty('atMost');
  });

  it('does not tell service accounts that were not read', () => {
    const inventory = inventoryOfCase({
      clusters: [{ name: 'prod', issuer: `https://${URL}` }],
      providers: [{ arn: ARN }],
      roles: [{ arn: ROLE, trustPolicy: { Statement: [allow(sub('StringEquals', sa('a', 'b')))] } }],
    });
    expect(admissionsOf(inventory).roles[0]?.entrances[0]?.serviceAccounts).toBeNull();
  });

  it('names a role of other principals only where it is asked for', () => {
    const inventory = inventoryOfCase({
      roles: [
        {
          arn: ROLE,
          trustPolicy: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          },
        },
      ],
    });
    expect(admissionsOf(inventory).roles).toEqual([]);
    expect(admissionsOf(inventory, ROLE).roles).toEqual([
      { role: ROLE, administrative: null, entrances: [], others: ['Service ec2.amazonaws.com'] },
    ]);
  });
});
