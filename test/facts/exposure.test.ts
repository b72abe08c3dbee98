import { describe, expect, it } from '@jest/globals';
import { exposuresOf } from '../../src/facts/exposure/exposure.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${URL}`;

const exposures = (condition: Record<string, Json>, over: Record<string, Json> = {}, clientIds = ['sts.amazonaws.com']): string[] =>
  exposuresOfAll([{ Condition: condition, ...over }], clientIds);

function exposuresOfAll(statements: readonly Record<string, Json>[], clientIds = ['sts.amazonaws.com']): string[] {
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
  };
  const facts = deriveFacts(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: `https://${URL}` }],
      providers: [{ arn: PROVIDER, clientIds }],
      roles: [
        {
          arn: 'arn:aws:iam::210987654321:role/app',
          trustPolicy: { Version: '2012-10-17', Statement: statements.map((one) => ({ ...statement, ...one })) },
        },
      ],
    }),
  );
  return facts.roles
    .flatMap((role) => exposuresOf(role, facts))
    .map(
      ({ breadth, latent, because, confidence }) =>
        `${breadth} ${because}${latent ? ' latent' : ''}${confidence === 'certain' ? '' : ` ${confidence}`}`,
    );
}

const like = (value: Json): Record<string, Json> => ({ StringLike: { [`${URL}:sub`]: value } });

describe('how wide a statement opens a role', () => {
  it.each([
    ['*', 'everybody pattern'],
    ['system:*', 'everybody pattern'],
    ['system:serviceaccount:*', 'everybody pattern'],
    ['*:*:*:*', 'everybody pattern'],
    ['system:serviceaccount:*:loki', 'namespace-open pattern'],
    ['*:loki', 'namespace-open pattern'],
    ['*-controller', 'namespace-open pattern'],
    ['system:*:loki', 'namespace-open pattern'],
    ['system:serviceaccount:shop*', 'namespace-open pattern'],
    ['system:serviceaccount:team-*-eu:app', 'namespace-open pattern'],
    ['system:serviceaccount:shop:*', 'namespace-wide pattern'],
  ])('%s: %s', (pattern, expected) => {
    expect(exposures(like(pattern))).toEqual([expected]);
  });

  it.each(['system:serviceaccount:shop:app-*', 'system:serviceaccount:shop:app', 'system:serviceaccount:sho?:app', '*:shop:app'])(
    '%s is bounded',
    (pattern) => {
      expect(exposures(like(pattern))).toEqual([]);
    },
  );

  it('names what leaves it open', () => {
    expect(exposures({})).toEqual(['everybody no-condition']);
    expect(exposures({ StringNotEquals: { [`${URL}:sub`]: 'x' } })).toEqual(['everybody negated']);
    expect(exposures({ Null: { [`${URL}:sub`]: 'false' } })).toEqual(['everybody vacuous']);
    expect(exposures({ 'ForAllValues:StringLike': { 'gitlab.com:sub': '*' } })).toEqual(['everybody vacuous']);
    expect(exposures({ ...like('*'), StringNotEquals: { [`${URL}:sub`]: 'x' } })).toEqual(['everybody pattern']);
  });

  it('tells what another defect keeps shut as latent', () => {
    expect(exposures({}, { Action: 'sts:AssumeRole' })).toEqual(['everybody no-condition latent']);
    expect(exposures({}, { Principal: { Federated: PROVIDER.replace('/oidc.', '/https://oidc.') } })).toEqual([
      'everybody no-condition latent',
    ]);
    expect(exposures({ StringLike: { [`https://${URL}:sub`]: '*' } })).toEqual(['everybody pattern latent']);
  });

  it('says nothing where a condition fixes who calls, or nobody meets it', () => {
    expect(exposures({ StringEquals: { 'aws:RequestTag/team': 'shop' } })).toEqual([]);
    expect(exposures({ StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } })).toEqual([]);
    expect(exposures({ Bool: { 'aws:SecureTransport': 'false' } })).toEqual([]);
    expect(exposures({ DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } })).toEqual([]);
  });

  it('takes no network for a limit: the pods of a cluster share theirs', () => {
    expect(exposures({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })).toEqual(['everybody no-condition likely']);
    expect(exposures({ StringEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } })).toEqual(['everybody no-condition likely']);
  });

  it('calls possible what a condition may keep shut that configuration cannot decide', () => {
    expect(exposures({ Bool: { 'sts:RoleAuthorizedByIdp': 'true' } })).toEqual(['everybody no-condition possible']);
    expect(exposures({ DateGreaterThan: { 'aws:CurrentTime': '2099-01-01T00:00:00Z' } })).toEqual(['everybody no-condition possible']);
  });

  it.each([
    ['Bool', 'aws:SecureTransport', 'true'],
    ['IpAddress', 'aws:SourceIp', '0.0.0.0/0'],
    ['StringLike', 'sts:RoleSessionName', '*'],
    ['DateGreaterThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z'],
    ['DateLessThan', 'aws:CurrentTime', '2099-01-01T00:00:00Z'],
    ['NumericLessThanEquals', 'sts:DurationSeconds', '43200'],
    ['StringEquals', 'aws:RequestedRegion', 'eu-west-1'],
    ['StringNotEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5'],
  ])('is not hidden by %s on %s', (operator, key, value) => {
    expect(exposures({ [operator]: { [key]: value } })).toEqual(['everybody no-condition']);
    const both =
      operator === 'StringLike'
        ? { StringLike: { [`${URL}:sub`]: '*:*:*:*', [key]: value } }
        : { ...like('*:*'), [operator]: { [key]: value } };
    expect(exposures(both)).toEqual(['everybody pattern']);
  });
});

describe('a door that the wording hides', () => {
  it('is open by any audience that the provider accepts', () => {
    expect(exposures({}, {}, ['sts.eu-west-1.amazonaws.com'])).toEqual(['everybody no-condition']);
    expect(exposures({ StringEquals: { [`${URL}:aud`]: 'sts.amazonaws.com' } }, {}, ['sts.eu-west-1.amazonaws.com'])).toEqual([
      'everybody no-condition latent',
    ]);
  });

  it('is open where the subject is compared with itself', () => {
    const itself = `\${${URL}:sub}`;
    expect(exposures({ StringEquals: { [`${URL}:sub`]: itself } })).toEqual(['everybody pattern']);
    expect(exposures({ StringLike: { [`${URL}:sub`]: ['system:serviceaccount:shop:app', itself] } })).toEqual(['everybody pattern']);
    expect(exposures({ StringNotEquals: { [`${URL}:sub`]: itself } })).toEqual([]);
  });
});

describe('who is nobody in particular', () => {
  it.each(['*-7q4x*', '*irsa-auditor-witness*', '*q*', '*x*', '*witness-ns*'])('is not stepped round by leaving out %s', (pattern) => {
    expect(exposures({ StringNotLike: { [`${URL}:sub`]: pattern } })).toEqual(['everybody negated']);
    expect(exposures({ ...like('system:serviceaccount:*:*'), StringNotLike: { [`${URL}:sub`]: pattern } })).toEqual(['everybody pattern']);
  });

  it('is found by wildcards of one character each', () => {
    expect(exposures(like('system:serviceaccount:????:????????'))).toEqual(['namespace-open pattern']);
    expect(exposures(like(Array.from({ length: 12 }, (_, length) => `system:serviceaccount:${'?'.repeat(length + 1)}:*`)))).toEqual([
      'namespace-open pattern',
    ]);
    expect(exposures(like('system:serviceaccount:shop:??????'))).toEqual(['namespace-wide pattern']);
  });

  it('has no namespace that differs by a character from one that is named', () => {
    expect(exposures(like('system:serviceaccount:shop-?:app'))).toEqual([]);
    expect(exposures(like('system:serviceaccount:team-??:app'))).toEqual([]);
  });
});

describe('a policy too involved to be decided', () => {
  const hard = {
    StringLike: { [`${URL}:sub`]: Array.from({ length: 40 }, (_, at) => `*a????????????a*z${at}`) },
    StringNotLike: { [`${URL}:sub`]: ['*z*', '*b?????b*'] },
  };

  it('is told as possible, and so is the statement for which no steps are left', () => {
    expect(exposuresOfAll([{ Condition: hard }])).toEqual(['namespace-open pattern possible']);
    expect(exposuresOfAll([{ Condition: hard }, { Condition: like('system:serviceaccount:x:*') }])).toEqual([
      'namespace-open pattern possible',
      'namespace-open pattern possible',
    ]);
  });

  it('is none that names very many namespaces', () => {
    const namespaces = Array.from({ length: 200 }, (_, at) => `system:serviceaccount:team-${at}:*`);
    expect(exposures(like(namespaces))).toEqual(['namespace-wide pattern']);
  });

  it('is none that lists very many audiences, or shuts one of them out', () => {
    const audiences = ['sts.amazonaws.com', ...Array.from({ length: 200 }, (_, at) => `audience-${at}`)];
    const aud = `${URL}:aud`;
    const patterns = Array.from({ length: 12 }, (_, at) => `system:serviceaccount:*:a${at}*`);
    expect(exposures({ ...like(patterns), StringEquals: { [aud]: audiences } }, {}, audiences)).toEqual(['namespace-open pattern']);
    const shut = { StringNotLike: { [aud]: audiences.slice(0, -1) } };
    expect(exposures({ ...like(patterns), StringEquals: { [aud]: audiences }, ...shut }, {}, audiences)).toEqual([
      'namespace-open pattern',
    ]);
  });
});
