import { describe, expect, it } from '@jest/globals';
import { admissionsOf } from '../../src/engine/admissions.js';
import { atLeast, type Finding } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const ACCOUNT = '210987654321';
const CLUSTER = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const GONE = 'oidc.eks.eu-west-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49';
const GITHUB = 'token.actions.githubusercontent.com';
const GITLAB = 'gitlab.com';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const arnOf = (url: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;

type Conditions = Readonly<Record<string, Readonly<Record<string, Json>>>>;
const audience = (url: string): Conditions => ({ StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com' } });

/** What opens a role to everybody of an issuer. */
const OPEN: readonly (readonly [string, (url: string) => Conditions])[] = [
  ['no condition', () => ({})],
  ['the audience alone', audience],
  ['any subject', (url) => ({ ...audience(url), StringLike: { [`${url}:sub`]: '*' } })],
  ['a subject that it excepts', (url) => ({ ...audience(url), StringNotEquals: { [`${url}:sub`]: 'x' } })],
  ['a subject if there is one', (url) => ({ ...audience(url), StringLikeIfExists: { [`${url}:sub`]: '*' } })],
];
const table = [CLUSTER, GONE, GITHUB, GITLAB].flatMap((url) => OPEN.map(([name, of]) => ({ url, name, conditions: of(url) })));

function account(url: string, Condition: Conditions, over: Case): Case {
  const statement = { Effect: 'Allow', Principal: { Federated: arnOf(url) }, Action: 'sts:AssumeRoleWithWebIdentity', Condition };
  return {
    clusters: [{ name: 'prod', issuer: `https://${CLUSTER}` }],
    roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    ...over,
  };
}

const kindOf = (rule: string): string | undefined => RULES.find(({ id }) => id === rule)?.kind;
const exposures = (given: Case): readonly Finding[] =>
  auditInventory(inventoryOfCase(given)).findings.filter(({ rule, subject }) => subject.id === ROLE && kindOf(rule) === 'exposure');
const isLive = ({ severity }: Finding): boolean => atLeast(severity, 'low');

describe.each(table)('a role that $name opens to everybody of $url', ({ url, conditions }) => {
  it('is open where the account has the provider', () => {
    expect(
      exposures(account(url, conditions, { providers: [{ arn: arnOf(url) }] })).filter((one) => atLeast(one.severity, 'high')),
    ).not.toEqual([]);
  });

  it('is open one day where the account is known to have no provider: nobody gets in, and info is told', () => {
    const given = account(url, conditions, { providers: [] });
    expect(admissionsOf(inventoryOfCase(given)).roles.flatMap(({ entrances }) => entrances.map(({ who }) => who.kind))).toEqual(['nobody']);
    expect(exposures(given)).not.toEqual([]);
    expect(exposures(given).filter(isLive)).toEqual([]);
  });

  it('may be open where the providers were not read', () => {
    const found = exposures(account(url, conditions, { providers: [], unread: { providers: 'denied' } }));
    expect(found.filter((one) => atLeast(one.severity, 'high'))).not.toEqual([]);
    expect(found.filter(({ confidence }) => confidence === 'certain')).toEqual([]);
  });
});

describe('a role for a provider that is built into AWS', () => {
  it.each(['accounts.google.com', 'cognito-identity.amazonaws.com'])('is open without any provider: %s', (Federated) => {
    const statement = { Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity' };
    const given: Case = { roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [statement] } }] };
    expect(exposures(given).filter((one) => atLeast(one.severity, 'high'))).not.toEqual([]);
  });
});
