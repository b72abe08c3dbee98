import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { deriveFacts, type Facts } from '../../src/facts/account/facts.js';
import { isTextbook } from '../../src/facts/trust/prescribed-wording.js';
import { parseInventory } from '../../src/saved/inventory-file.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { RULES } from '../../src/rules/index.js';
import { casesOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const ARN = `arn:aws:iam::210987654321:oidc-provider/${URL}`;

const statement = (
  over: Record<string, Json> = {},
  condition: Json = { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com', [`${URL}:sub`]: 'system:serviceaccount:a:app' } },
): Json => ({
  Effect: 'Allow',
  Principal: { Federated: ARN },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
  ...over,
});

function textbook(trustPolicy: Json, over: Partial<Case> = {}): boolean | undefined {
  const facts = deriveFacts(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: `https://${URL}` }],
      providers: [{ arn: ARN }],
      roles: [{ arn: 'arn:aws:iam::210987654321:role/app', trustPolicy }],
      ...over,
    }),
  );
  const [role] = facts.roles;
  return role === undefined ? undefined : isTextbook(role, facts);
}

const conditions = (aud: Json, sub: Json, operator = 'StringEquals'): Json => ({
  [operator]: { [`${URL}:aud`]: aud, [`${URL}:sub`]: sub },
});
const good = 'system:serviceaccount:a:app';

describe('a textbook trust policy', () => {
  it.each<[string, Json]>([
    ['as the documentation has it', statement()],
    ['with several subjects', statement({}, conditions('sts.amazonaws.com', [good, 'system:serviceaccount:b:app']))],
    ['with StringLike and no wildcard', statement({}, conditions('sts.amazonaws.com', good, 'StringLike'))],
    ['with a Sid', statement({ Sid: 'Irsa' })],
  ])('%s', (_, one) => expect(textbook({ Version: '2012-10-17', Statement: [one] })).toBe(true));
});

describe('a textbook trust policy for GitHub', () => {
  const host = 'token.actions.githubusercontent.com';
  const arn = `arn:aws:iam::210987654321:oidc-provider/${host}`;
  const github = (sub: Json, operator = 'StringEquals', clientIds = ['sts.amazonaws.com']): boolean | undefined =>
    textbook(
      {
        Version: '2012-10-17',
        Statement: [
          statement(
            { Principal: { Federated: arn } },
            {
              StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com' },
              [operator]: { ...(operator === 'StringEquals' ? { [`${host}:aud`]: 'sts.amazonaws.com' } : {}), [`${host}:sub`]: sub },
            },
          ),
        ],
      },
      { providers: [{ arn, clientIds }] },
    );

  it.each([
    'repo:acme/shop:ref:refs/heads/main',
    'repo:acme/shop.web:ref:refs/tags/v1.2',
    'repo:acme/shop:environment:prod',
    'repo:acme/shop:pull_request',
  ])('%s', (sub) => expect(github(sub)).toBe(true));

  it.each([
    'repo:acme/*',
    'repo:acme/shop:*',
    'repo:YOUR-ORG/shop:pull_request',
    'acme/shop',
    'repo:acme/shop:ref:main',
    'system:serviceaccount:a:app',
  ])('but not %s', (sub) => {
    expect(github(sub)).toBe(false);
    expect(github(sub, 'StringLike')).toBe(false);
  });

  it('nor where the provider does not take the audience', () =>
    expect(github('repo:acme/shop:pull_request', 'StringEquals', ['https://github.com/acme'])).toBe(false));
});

describe('no textbook trust policy', () => {
  it.each<[string, Json]>([
    ['another audience', statement({}, conditions('sts.amazonaws.com.cn', good))],
    ['no audience', statement({}, { StringEquals: { [`${URL}:sub`]: good } })],
    ['no subject', statement({}, { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com' } })],
    ['a pattern', statement({}, conditions('sts.amazonaws.com', 'system:serviceaccount:a:*', 'StringLike'))],
    ['a wildcard that means itself', statement({}, conditions('sts.amazonaws.com', 'system:serviceaccount:a:*'))],
    ['a malformed subject', statement({}, conditions('sts.amazonaws.com', 'system:serviceaccount:a'))],
    ['one malformed subject of two', statement({}, conditions('sts.amazonaws.com', [good, 'a:app']))],
    ['an empty list', statement({}, conditions('sts.amazonaws.com', []))],
    ['another operator', statement({}, conditions('sts.amazonaws.com', good, 'StringNotEquals'))],
    ['an optional condition', statement({}, conditions('sts.amazonaws.com', good, 'StringEqualsIfExists'))],
    [
      'one condition more',
      statement({}, { ...(conditions('sts.amazonaws.com', good) as object), IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
    ],
    ['a key in another case', statement({}, { StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com', [`${URL.toUpperCase()}:sub`]: good } })],
    ['another action', statement({ Action: 'sts:AssumeRole' })],
    ['one action more', statement({ Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] })],
    ['NotAction', statement({ Action: undefined as unknown as Json, NotAction: 'sts:AssumeRoleWithWebIdentity' })],
    ['another principal', statement({ Principal: { Federated: ARN.replace('210987654321', '418527603941') } })],
    ['one principal more', statement({ Principal: { Federated: ARN, AWS: 'arn:aws:iam::210987654321:root' } })],
    ['an element that is not allowed', statement({ Resource: '*' })],
    ['a Deny', statement({ Effect: 'Deny' })],
  ])('%s', (_, one) => expect(textbook({ Version: '2012-10-17', Statement: [JSON.parse(JSON.stringify(one)) as Json] })).toBe(false));

  it('where a Deny or a second statement for the issuer stands beside it', () => {
    expect(textbook({ Version: '2012-10-17', Statement: [statement(), statement({ Effect: 'Deny' })] })).toBe(false);
    expect(textbook({ Version: '2012-10-17', Statement: [statement(), statement()] })).toBe(false);
  });

  it('where cluster or provider are not there', () => {
    expect(textbook({ Version: '2012-10-17', Statement: [statement()] }, { clusters: [] })).toBe(false);
    expect(textbook({ Version: '2012-10-17', Statement: [statement()] }, { providers: [] })).toBe(false);
  });

  it('where a service account that carries the role asks for another audience', () => {
    const serviceAccounts = [
      {
        cluster: 'prod',
        namespace: 'a',
        name: 'app',
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::210987654321:role/app', 'eks.amazonaws.com/audience': 'vault' },
      },
    ];
    expect(textbook({ Version: '2012-10-17', Statement: [statement()] }, { serviceAccounts })).toBe(false);
  });
});

const root = join('test', 'cases');
const accounts: readonly (readonly [string, Facts])[] = [
  ...RULES.flatMap(({ id }) => casesOf(id)).map(({ rule, file, given }) => [`${rule}/${file}`, inventoryOfCase(given)] as const),
  ...readFileSync(join(root, 'real-cases.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case & { readonly id: string })
    .map((one) => [one.id, inventoryOfCase(one)] as const),
  ['the example account', parseInventory(readFileSync('examples/account.json', 'utf8'))] as const,
].map(([name, inventory]) => [name, deriveFacts(inventory)] as const);

it('is passed over by no rule that would have found something in it', () => {
  let settled = 0;
  for (const [name, facts] of accounts) {
    for (const rule of RULES.filter(({ scope }) => scope === 'account')) {
      for (const entry of rule.subjects(facts, { kind: 'account' })) {
        if (entry.settled !== true) continue;
        settled += 1;
        expect([name, rule.id, rule.evaluate(entry.of, facts)]).toEqual([name, rule.id, []]);
      }
    }
  }
  expect(settled).toBeGreaterThan(1000);
});
