import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { callerLimit, readAsStranger, type CallKind } from '../../src/policy/language/caller-conditions.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';

const NOW = '2026-11-01T06:00:00.000Z';

function policyOf(effect: 'Allow' | 'Deny', condition: Record<string, Json>) {
  return parseTrustPolicy({
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition: condition }],
  });
}

function limit(effect: 'Allow' | 'Deny', operator: string, key: string, value: Json, kind: CallKind = 'signed', now: string | null = NOW) {
  const [statement] = policyOf(effect, { [operator]: { [key]: value } }).statements;
  return callerLimit(statement!.conditions[0]!, effect, { kind, now, variables: true, present: new Set() });
}

describe('what a condition demands of the caller of AssumeRole', () => {
  it.each([
    // What is always so.
    ['Allow', 'Bool', 'aws:SecureTransport', 'true', 'none'],
    ['Allow', 'Bool', 'aws:SecureTransport', 'false', 'nobody'],
    ['Deny', 'Bool', 'AWS:SecureTransport', 'false', 'none'],
    ['Deny', 'Bool', 'aws:SecureTransport', 'true', 'nobody'],
    ['Allow', 'Bool', 'aws:ViaAWSService', 'false', 'none'],
    ['Allow', 'DateGreaterThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z', 'none'],
    ['Allow', 'DateLessThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z', 'nobody'],
    ['Allow', 'DateGreaterThan', 'aws:CurrentTime', '2099-01-01T00:00:00Z', 'unknown'],
    ['Deny', 'DateGreaterThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z', 'nobody'],
    ['Deny', 'DateLessThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z', 'none'],
    ['Allow', 'NumericGreaterThan', 'aws:EpochTime', '1577836800', 'none'],
    // What callers choose.
    ['Allow', 'StringEquals', 'sts:RoleSessionName', 'x', 'none'],
    ['Allow', 'StringEquals', 'aws:RequestedRegion', 'eu-west-1', 'none'],
    ['Deny', 'StringNotEquals', 'aws:RequestedRegion', 'eu-west-1', 'none'],
    ['Allow', 'NumericLessThanEquals', 'sts:DurationSeconds', '3600', 'none'],
    ['Allow', 'NumericLessThan', 'sts:DurationSeconds', '900', 'nobody'],
    ['Allow', 'NumericLessThanEquals', 'sts:DurationSeconds', '900', 'none'],
    ['Allow', 'NumericLessThan', 'sts:DurationSeconds', '901', 'none'],
    ['Allow', 'NumericEquals', 'sts:DurationSeconds', '899', 'nobody'],
    ['Allow', 'NumericEquals', 'sts:DurationSeconds', '1234', 'none'],
    ['Allow', 'NumericEquals', 'sts:DurationSeconds', ['1', '43200'], 'none'],
    ['Allow', 'NumericEquals', 'sts:DurationSeconds', '43201', 'nobody'],
    ['Allow', 'NumericGreaterThan', 'sts:DurationSeconds', '43200', 'nobody'],
    ['Allow', 'NumericGreaterThanEquals', 'sts:DurationSeconds', '43200', 'none'],
    ['Deny', 'NumericGreaterThanEquals', 'sts:DurationSeconds', '900', 'nobody'],
    ['Deny', 'NumericGreaterThan', 'sts:DurationSeconds', '900', 'none'],
    ['Deny', 'NumericNotEquals', 'sts:DurationSeconds', '1234', 'none'],
    ['Deny', 'NumericLessThanEquals', 'sts:DurationSeconds', '43200', 'nobody'],
    ['Deny', 'NumericLessThan', 'sts:DurationSeconds', '43200', 'none'],
    ['Allow', 'Bool', 'aws:MultiFactorAuthPresent', 'true', 'none'],
    // Where from.
    ['Allow', 'IpAddress', 'aws:SourceIp', '0.0.0.0/0', 'none'],
    ['Allow', 'IpAddress', 'aws:SourceIp', '203.0.113.0/24', 'network'],
    ['Allow', 'NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', 'none'],
    ['Deny', 'NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', 'network'],
    ['Deny', 'IpAddress', 'aws:SourceIp', '203.0.113.0/24', 'none'],
    ['Allow', 'StringEqualsIfExists', 'aws:SourceVpc', 'vpc-1', 'none'],
    ['Deny', 'StringNotEquals', 'aws:SourceVpc', 'vpc-1', 'network'],
    ['Allow', 'IpAddress', 'aws:SourceIp', ['128.0.0.0/1', '0.0.0.0/2', '64.0.0.0/2'], 'none'],
    ['Allow', 'IpAddress', 'aws:SourceIp', ['128.0.0.0/1', '0.0.0.0/2'], 'network'],
    ['Deny', 'NotIpAddress', 'aws:SourceIp', ['0.0.0.0/1', '128.0.0.0/1'], 'none'],
    ['Allow', 'StringLike', 'aws:SourceVpce', 'vpce-*', 'none'],
    ['Allow', 'IpAddress', 'aws:SourceIp', ['::/0', '10.0.0.0/8'], 'none'],
    ['Deny', 'NotIpAddress', 'aws:SourceIp', '::/0', 'none'],
    ['Allow', 'StringLike', 'aws:PrincipalArn', 'arn:*:iam::111122223333:role/ci', 'none'],
    ['Allow', 'ArnLike', 'aws:PrincipalArn', 'arn:*:iam::111122223333:role/*', 'caller'],
    // Who.
    ['Allow', 'StringLike', 'aws:userid', '*:alice@acme.com', 'none'],
    ['Allow', 'StringLike', 'aws:userid', 'AROA2ABCDEFGHIJKLMNOP:*', 'caller'],
    ['Allow', 'StringEquals', 'aws:PrincipalTag/team', 'platform', 'unknown'],
    ['Allow', 'Bool', 'aws:PrincipalIsAWSService', 'false', 'none'],
    ['Allow', 'StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', 'caller'],
    ['Allow', 'StringLike', 'aws:PrincipalOrgID', 'o-*', 'none'],
    ['Allow', 'StringEqualsIfExists', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', 'none'],
    ['Deny', 'StringNotEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', 'caller'],
    ['Deny', 'StringNotEqualsIfExists', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', 'caller'],
    ['Deny', 'StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', 'none'],
    ['Allow', 'ArnLike', 'aws:PrincipalArn', '*', 'none'],
    // The id of an account has twelve digits.
    ['Allow', 'StringLike', 'aws:PrincipalArn', 'arn:aws:iam::111122223333*', 'caller'],
    ['Allow', 'ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::111122223333*:role/ci', 'caller'],
    ['Allow', 'StringLike', 'aws:PrincipalArn', 'arn:aws:iam::11112222333?:role/ci', 'none'],
    ['Allow', 'StringLike', 'aws:PrincipalAccount', '111122223333*', 'caller'],
    ['Allow', 'StringLike', 'aws:PrincipalAccount', '11112222333?', 'none'],
    ['Allow', 'ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/deployer', 'none'],
    ['Allow', 'ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/*', 'caller'],
    ['Allow', 'ArnLike', 'aws:PrincipalArn', ['arn:aws:iam::111122223333:role/*', 'arn:aws:iam::*:role/deployer'], 'none'],
    ['Allow', 'StringEquals', 'aws:PrincipalAccount', '${aws:ResourceAccount}', 'caller'],
    ['Allow', 'StringEquals', 'aws:PrincipalAccount', '${aws:PrincipalAccount}', 'unknown'],
    ['Allow', 'StringEquals', 'sts:ExternalId', 'a-secret', 'caller'],
    ['Allow', 'Null', 'sts:ExternalId', 'false', 'none'],
    ['Allow', 'ForAllValues:StringLike', 'aws:PrincipalOrgPaths', 'o-a1b2c3d4e5/*', 'none'],
    ['Allow', 'ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', 'o-a1b2c3d4e5/*', 'caller'],
    ['Allow', 'StringEquals', 'aws:Unheard', 'x', 'unknown'],
  ] as const)('%s %s %s %j: %s', (effect, operator, key, value, expected) => {
    expect(limit(effect, operator, key, value as Json)).toBe(expected);
  });

  it('is not told without a clock where the clock decides', () => {
    expect(limit('Allow', 'DateGreaterThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z', 'signed', null)).toBe('unknown');
  });

  it('is the evaluator’s to say for keys of tokens and for operators that IAM does not know', () => {
    expect(limit('Allow', 'StringEquals', 'oidc.example.com:sub', 'x')).toBeNull();
    expect(limit('Allow', 'StringSame', 'aws:SourceIp', 'x')).toBeNull();
  });
});

describe('what a condition demands of a token', () => {
  it.each([
    ['StringEquals', 'aws:RequestTag/team', 'shop', 'caller'],
    ['StringLike', 'aws:RequestTag/team', '*', 'unknown'],
    ['ArnLike', 'aws:PrincipalArn', '*', 'unknown'],
    ['StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', 'caller'],
    ['StringNotEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', 'none'],
    ['Bool', 'aws:MultiFactorAuthPresent', 'true', 'unknown'],
  ] as const)('%s %s %s: %s', (operator, key, value, expected) => {
    expect(limit('Allow', operator, key, value, 'web-identity')).toBe(expected);
  });
});

describe('a policy as strangers meet it', () => {
  const read = (effect: 'Allow' | 'Deny', condition: Record<string, Json>, networkKeepsOut: boolean | null = true) =>
    readAsStranger(policyOf(effect, condition), { kind: 'signed', now: NOW, networkKeepsOut });

  it('has no Allow that fixes who calls, and no Deny that a stranger can keep clear of', () => {
    expect(read('Allow', { StringEquals: { 'sts:ExternalId': 'x' } }).policy.statements).toEqual([]);
    expect(read('Deny', { Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'x:sub': 'y' } }).policy.statements).toEqual([]);
    expect(read('Deny', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }).policy.statements[0]?.conditions).toEqual([]);
  });

  it('takes ForAllValues for a limit where the key has to be there', () => {
    const paths = { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' } };
    expect(read('Allow', paths).policy.statements).toHaveLength(1);
    expect(read('Allow', { ...paths, Null: { 'aws:PrincipalOrgPaths': 'false' } }).policy.statements).toEqual([]);
  });

  describe.each(['signed', 'web-identity'] as const)('IfExists of %s calls', (kind) => {
    const lacking = { Null: { 'aws:PrincipalOrgID': 'true' } };
    const everybody = { Principal: { AWS: '*' } };
    const call = { Action: 'sts:AssumeRole' };
    const always = { Effect: 'Deny', ...everybody, ...call };
    const deny = { ...always, Condition: lacking };
    /** How many Allow statements strangers meet beside another statement. */
    const allowsBeside = (other: Record<string, Json>): number => {
      const Condition = { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } };
      const allow = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition };
      const document = parseTrustPolicy({ Version: '2012-10-17', Statement: [allow, other] });
      return readAsStranger(document, { kind, now: NOW, networkKeepsOut: true }).policy.statements.filter(
        ({ effect, index }) => effect === 'Allow' && index === 0,
      ).length;
    };

    it.each<[string, Record<string, Json>]>([
      ['of the call', deny],
      ['of every call', { ...deny, Action: '*' }],
      ['of every call of STS', { ...deny, Action: 'sts:*' }],
      ['in capitals', { ...deny, Action: 'STS:ASSUMEROLE', Condition: { null: { 'AWS:principalorgid': 'True' } } }],
      [
        'of several calls and principals',
        { ...deny, Principal: { AWS: ['111122223333', '*'] }, Action: ['sts:TagSession', 'sts:AssumeRole'] },
      ],
      ['for everybody written short', { ...deny, Principal: '*' }],
    ])('is a limit where a Deny %s shuts out whoever lacks the key', (__, other) => {
      expect(allowsBeside(other)).toBe(kind === 'signed' ? 0 : 1);
    });

    it.each<[string, Record<string, Json>]>([
      ['is an Allow', { ...deny, Effect: 'Allow' }],
      ['is for an account', { ...deny, Principal: { AWS: '111122223333' } }],
      ['is for all but one', { Effect: 'Deny', NotPrincipal: { AWS: '*' }, ...call, Condition: lacking }],
      ['is of another call', { ...deny, Action: 'sts:TagSession' }],
      ['is of a call whose name begins alike', { ...deny, Action: 'sts:AssumeRoleWithSAML' }],
      ['is of a call whose name ends alike', { ...deny, Action: 'my-sts:AssumeRole' }],
      ['is of all other calls', { Effect: 'Deny', ...everybody, NotAction: 'sts:AssumeRole', Condition: lacking }],
      ['asks for one thing more', { ...deny, Condition: { ...lacking, Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }],
      ['asks for another key', { ...deny, Condition: { Null: { 'aws:PrincipalOrgPaths': 'true' } } }],
      ['shuts out whoever has the key', { ...deny, Condition: { Null: { 'aws:PrincipalOrgID': 'false' } } }],
      ['may shut out whoever has the key', { ...deny, Condition: { Null: { 'aws:PrincipalOrgID': ['true', 'false'] } } }],
      ['compares with no value', { ...deny, Condition: { Null: { 'aws:PrincipalOrgID': [] } } }],
      ['asks for the text "true"', { ...deny, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'true' } } }],
      ['has an operator that IAM does not know', { ...deny, Condition: { Nil: { 'aws:PrincipalOrgID': 'true' } } }],
      ['is of everybody always', always],
    ])('is none where the statement beside it %s', (__, other) => {
      expect(allowsBeside(other)).toBe(1);
    });
  });

  it('takes ForAllValues for a limit where every Allow wants the key', () => {
    const paths = { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' } };
    const wants = (value: Json): Record<string, Json> => ({ ...paths, Null: { 'aws:PrincipalOrgPaths': value } });
    const allow = (Condition: Record<string, Json>) => ({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition });
    const left = (...statements: readonly Json[]): number =>
      readAsStranger(parseTrustPolicy({ Version: '2012-10-17', Statement: [...statements] }), {
        kind: 'signed',
        now: NOW,
        networkKeepsOut: true,
      }).policy.statements.filter(({ effect }) => effect === 'Allow').length;
    expect(left(allow(wants('false')), allow(wants(['false', 'FALSE'])))).toBe(0);
    expect([left(allow(wants('false')), allow(paths)), left(allow(wants(['false', 'true']))), left(allow(wants([])))]).toEqual([2, 1, 1]);
    // What a Deny asks for is no guard of an Allow.
    expect(left(allow(wants('false')), { ...allow(wants('false')), Effect: 'Deny' })).toBe(0);
    expect(left(allow(paths), { ...allow({ Null: { 'aws:PrincipalOrgPaths': 'false' } }), Effect: 'Deny' })).toBe(1);
  });

  it('has the conditions left that cannot be decided, and says which', () => {
    const both = read('Allow', { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:Unheard': 'x', 'x:sub': 'y' } });
    expect(both.policy.statements[0]?.conditions.map(({ key }) => key)).toEqual(['aws:Unheard', 'x:sub']);
    expect(both.unknown).toEqual(['aws:Unheard']);
  });

  it('counts a network as the reader says', () => {
    const network = { StringEquals: { 'aws:SourceVpc': 'vpc-1' } };
    expect(read('Allow', network, true).policy.statements).toEqual([]);
    expect(read('Allow', network, false)).toMatchObject({ policy: { statements: [{ conditions: [] }] }, asksForNetwork: true });
    expect(read('Allow', network, null)).toMatchObject({ unknown: ['aws:SourceVpc'] });
  });
});
