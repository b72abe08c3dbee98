import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { isCognito } from '../../src/policy/language/issuer-keys.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

/** An exclusion names who is not meant: no repair allows exactly those, and none leaves nobody able to assume a role. */

const ACCOUNT = '210987654321';
const PROD = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${PROD}`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;

const findings = (users: readonly string[], ...conditions: readonly (readonly [string, string, string])[]) =>
  auditInventory(
    inventoryOfCase({
      account: ACCOUNT,
      clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
      providers: [{ arn: PROVIDER }],
      roles: [
        {
          arn: ROLE,
          trustPolicy: {
            Version: '2012-10-17',
            Statement: conditions.map(([Effect, operator, subject]): Json => ({
              Effect,
              Principal: { Federated: PROVIDER },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: operator === '' ? {} : { [operator]: { [`${PROD}:sub`]: `system:serviceaccount:${subject}` } },
            })),
          },
          inlinePolicies: { own: { Statement: [] } },
        },
      ],
      serviceAccounts: users.map((one) => {
        const [namespace = '', name = ''] = one.split('/');
        return { cluster: 'prod', namespace, name, annotations: { 'eks.amazonaws.com/role-arn': ROLE } };
      }),
    }),
  ).findings;

describe('an exclusion', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['nobody is known to use the role', [], []],
    ['who uses the role is excluded', ['kube-system/coredns'], []],
    ['somebody else uses the role', ['shop/app'], ['system:serviceaccount:shop:app']],
  ])('is not turned into a list of those who are meant: %s', (_, users, expected) => {
    const [finding] = findings(users, ['Allow', 'StringNotEquals', 'kube-system:coredns']).filter(
      ({ rule }) => rule === 'operator-negated',
    );
    const patched = JSON.stringify((finding?.fix?.patches ?? []).map(({ after }) => after));
    expect(patched.match(/system:serviceaccount:[a-z-]+:[a-z]+/g) ?? []).toEqual(expected);
    expect(finding?.fix?.summary).not.toContain('coredns');
  });
});

describe('whom a policy leaves out of everybody', () => {
  it.each<[string, string, string, readonly (readonly [string, string, string])[]]>([
    [
      'by a Deny',
      'subject-cluster-wide',
      'kube-system:*',
      [
        ['Allow', 'StringLike', '*:*'],
        ['Deny', 'StringLike', 'kube-system:*'],
      ],
    ],
    [
      'by a Deny, where no condition limits the subject',
      'subject-condition-missing',
      'kube-system:*',
      [
        ['Allow', '', ''],
        ['Deny', 'StringLike', 'kube-system:*'],
      ],
    ],
    [
      'by a Deny that compares without case',
      'subject-cluster-wide',
      'Kube-System:CoreDNS',
      [
        ['Allow', 'StringLike', '*:*'],
        ['Deny', 'StringEqualsIgnoreCase', 'Kube-System:CoreDNS'],
      ],
    ],
  ])('is named %s, and is no evidence', (_, rule, except, conditions) => {
    const [finding] = findings(['shop/app', 'kube-system/coredns'], ...conditions).filter((one) => one.rule === rule);
    expect(finding?.message).toContain(`except system:serviceaccount:${except}`);
    expect(JSON.stringify(finding?.evidence)).not.toContain('coredns');
  });
});

describe('a repair of an open role', () => {
  it('is not verified where nobody can assume the role afterwards', () => {
    const told = findings(['jobs/runner'], ['Allow', '', ''], ['Deny', 'StringLike', 'jobs:*']);
    const opened = told.filter(({ rule }) => rule === 'subject-condition-missing');
    expect(opened.map(({ fix }) => [fix?.verified, fix?.commands])).toEqual([[false, []]]);
  });
});

it.each(['cognito-identity.us-gov-east-1.amazonaws.com', 'cognito-identity-us-gov.amazonaws.com', 'cognito-identity.amazonaws.com.cn'])(
  'Cognito is built in: %s',
  (domain) => expect(isCognito(domain)).toBe(true),
);
