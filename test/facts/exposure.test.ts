import { describe, expect, it } from '@jest/globals';
import { exposuresOf } from '../../src/facts/exposure.js';
import { deriveFacts } from '../../src/facts/facts.js';
import type { Json } from '../../src/model/inventory.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${URL}`;

function exposures(condition: Record<string, Json>, over: Record<string, Json> = {}, clientIds = ['sts.amazonaws.com']) {
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
    ...over,
  };
  const facts = deriveFacts(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: `https://${URL}` }],
      providers: [{ arn: PROVIDER, clientIds }],
      roles: [{ arn: 'arn:aws:iam::210987654321:role/app', trustPolicy: { Version: '2012-10-17', Statement: [statement] } }],
    }),
  );
  return facts.roles
    .flatMap((role) => exposuresOf(role, facts))
    .map(({ breadth, latent, because }) => `${breadth} ${because}${latent ? ' latent' : ''}`);
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
    expect(exposures({}, {}, ['shop'])).toEqual(['everybody no-condition latent']);
  });

  it('says nothing where configuration cannot tell', () => {
    expect(exposures({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })).toEqual([]);
    expect(exposures({ StringEquals: { 'aws:RequestTag/team': 'shop' } })).toEqual([]);
  });
});
