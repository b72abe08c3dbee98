import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const GITHUB = 'token.actions.githubusercontent.com';
const ROLE = 'arn:aws:iam::210987654321:role/deploy';
const SUBJECT = 'repo:acme/shop:ref:refs/heads/main';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${GITHUB}`;

type Conditions = Readonly<Record<string, Readonly<Record<string, Json>>>>;
const named = (sub: Json): Conditions => ({ StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: sub } });

function told(Condition: Conditions, over: { readonly providers?: boolean; readonly Federated?: string; readonly Action?: string } = {}) {
  const { Federated = PROVIDER, Action = 'sts:AssumeRoleWithWebIdentity', providers = true } = over;
  const statement = { Effect: 'Allow', Principal: { Federated }, Action, Condition };
  return auditInventory(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835' }],
      serviceAccounts: [],
      providers: [
        { arn: 'arn:aws:iam::210987654321:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835' },
        ...(providers ? [{ arn: PROVIDER }] : []),
      ],
      roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    }),
  ).findings.filter(({ subject }) => subject.id === ROLE);
}

describe('a role for a pipeline that nobody can assume', () => {
  it.each([
    ['wildcard under equals', told(named('repo:acme/shop:*'))],
    ['address for a repository', told(named('https://github.com/acme/shop'))],
    ['a slash for the first colon', told(named('repo/acme/shop:ref:refs/heads/main'))],
    ['placeholder', told(named('repo:<org>/<repo>:ref:refs/heads/main'))],
    ['scheme in the key', told({ StringEquals: { [`https://${GITHUB}:sub`]: SUBJECT } })],
    ['what excludes each other', told({ ...named(SUBJECT), StringLike: { [`${GITHUB}:sub`]: 'repo:acme/other:*' } })],
    ['absence', told({ StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' }, Null: { [`${GITHUB}:sub`]: 'true' } })],
    ['account of another', told(named(SUBJECT), { Federated: PROVIDER.replace('210987654321', '390264718853') })],
    ['action', told(named(SUBJECT), { Action: 'sts:AssumeRole' })],
    ['no provider', told(named(SUBJECT), { providers: false })],
  ])('is told at medium, without a word of service accounts: %s', (_name, findings) => {
    expect(findings.map(({ severity }) => severity)).toContain('medium');
    const texts = findings.flatMap(({ message, fix }) => [message, fix?.summary ?? '']).join(' ');
    expect(texts).not.toMatch(/service ?account|cluster|namespace|kubernetes|\bpod/i);
  });
});

describe('a subject that is wrong by its case alone', () => {
  const of = (operator: string) =>
    told({ [operator]: { [`${GITHUB}:sub`]: SUBJECT.replace('repo', 'Repo') } }).filter(({ rule }) => rule === 'subject-malformed').length;

  it('is told, but where case is ignored', () => {
    expect([of('StringEquals'), of('StringEqualsIgnoreCase')]).toEqual([1, 0]);
  });
});
