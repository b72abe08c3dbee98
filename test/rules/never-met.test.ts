import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { atLeast } from '../../src/model/report/finding.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const ROLE = 'arn:aws:iam::210987654321:role/app';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${URL}`;
const PAST = '2020-01-01T00:00:00Z';
// Collected on 2026-11-01.
const TO_COME = '2030-01-01T00:00:00Z';

type Conditions = Readonly<Record<string, Readonly<Record<string, Json>>>>;

function told(allow: Conditions, deny: Conditions | null = null, more: readonly Json[] = []): readonly string[] {
  const named = { [`${URL}:aud`]: 'sts.amazonaws.com', [`${URL}:sub`]: 'system:serviceaccount:shop:app' };
  const statement = (Effect: string, Condition: Conditions): Json => ({
    Effect,
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
  });
  const Statement = [statement('Allow', { StringEquals: named, ...allow }), ...(deny === null ? [] : [statement('Deny', deny)]), ...more];
  return auditInventory(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: `https://${URL}` }],
      providers: [{ arn: PROVIDER }],
      roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement } }],
      serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
    }),
  )
    .findings.filter(({ severity }) => atLeast(severity, 'low'))
    .map(({ rule, severity, confidence, message }) => `${rule} ${severity} ${confidence}: ${message}`);
}

describe('an Allow under a global condition that no call meets', () => {
  it.each<[string, Conditions]>([
    ['a date that is past', { DateLessThan: { 'aws:CurrentTime': PAST } }],
    ['a second that is past', { NumericLessThan: { 'aws:EpochTime': '1577836800' } }],
    ['a second that is past, as a date', { DateLessThanEquals: { 'aws:EpochTime': PAST } }],
    ['no TLS', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['no TLS, in other case', { Bool: { 'AWS:securetransport': 'False' } }],
    ['a service in between', { Bool: { 'aws:ViaAWSService': 'true' } }],
    ['absence of what is always there', { Null: { 'aws:SecureTransport': 'true' } }],
    ['a session shorter than any', { NumericLessThan: { 'sts:DurationSeconds': '900' } }],
  ])('is told: %s', (_name, conditions) => {
    expect(told(conditions)).toEqual([expect.stringMatching(/^condition-never-true high certain/)]);
  });

  it.each<[string, Conditions]>([
    ['TLS', { Bool: { 'aws:SecureTransport': 'true' } }],
    ['a date to come', { DateLessThan: { 'aws:CurrentTime': TO_COME } }],
    ['from a date on that is past', { DateGreaterThan: { 'aws:CurrentTime': PAST } }],
    ['from a date on that will come', { DateGreaterThan: { 'aws:CurrentTime': TO_COME } }],
    ['a region', { StringLike: { 'aws:RequestedRegion': 'eu-west-1' } }],
    ['a network', { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }],
    ['a session of an hour', { NumericLessThanEquals: { 'sts:DurationSeconds': '3600' } }],
    ['a key that AWS may add', { StringLike: { 'aws:Unheard': 'x' } }],
  ])('is not told where calls may meet it: %s', (_name, conditions) => expect(told(conditions)).toEqual([]));

  it('is low beside a statement that works', () => {
    const other = {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${URL}:sub`]: 'system:serviceaccount:shop:app', [`${URL}:aud`]: 'sts.amazonaws.com' } },
    };
    expect(told({ DateLessThan: { 'aws:CurrentTime': PAST } }, null, [other])).toEqual([
      expect.stringMatching(/^condition-never-true low certain/),
    ]);
  });
});

describe('a Deny under a global condition that every call meets', () => {
  it.each<[string, Conditions]>([
    ['TLS', { Bool: { 'aws:SecureTransport': 'true' } }],
    ['from a date on that is past', { DateGreaterThan: { 'aws:CurrentTime': PAST } }],
    ['another date than one that is past', { DateNotEquals: { 'aws:CurrentTime': PAST } }],
    ['both', { Bool: { 'aws:SecureTransport': 'true' }, DateGreaterThan: { 'aws:CurrentTime': PAST } }],
  ])('is told: %s', (_name, conditions) => {
    expect(told({}, conditions)).toEqual([expect.stringMatching(/^deny-over-allow high certain/)]);
  });

  it.each<[string, Conditions]>([
    ['no TLS', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['until a date that is past', { DateLessThan: { 'aws:CurrentTime': PAST } }],
    ['from a date on that will come', { DateGreaterThan: { 'aws:CurrentTime': TO_COME } }],
    ['a session of an hour or more', { NumericGreaterThanEquals: { 'sts:DurationSeconds': '900' } }],
    [
      'one that every call meets, and a network',
      { Bool: { 'aws:SecureTransport': 'true' }, NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    ],
  ])('is not told where calls may keep clear of it: %s', (_name, conditions) => expect(told({}, conditions)).toEqual([]));
});
