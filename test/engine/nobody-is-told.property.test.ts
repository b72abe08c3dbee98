import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admissionsOf } from '../../src/engine/admissions.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { unexplained, untold } from './invariants.js';
import { ACCOUNT, ROLE, trusts } from './made-up-trusts.js';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 400), seed: 20261129 };

const EKS = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const LOWER = EKS.replace('4F7A95328C9446D45A451F35AEDE11E6', '4f7a95328c9446d45a451f35aede11e6');
const allow = (Federated: string, Condition: Json = {}): Json => ({
  Effect: 'Allow',
  Principal: { Federated },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
});
const entranceOf = (statements: readonly Json[], providers: Case['providers'] = []): unknown =>
  admissionsOf(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: `https://${EKS}` }],
      providers,
      roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: statements } }],
    }),
  ).roles[0]?.entrances[0];
const arnOf = (url: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;

describe('why nobody can assume a role', () => {
  it('is a Deny, by its path', () => {
    const denied = { ...(allow(arnOf(EKS), { StringNotEquals: { [`${EKS}:azp`]: 'sts.amazonaws.com' } }) as object), Effect: 'Deny' };
    expect(entranceOf([allow(arnOf(EKS)), denied], [{ arn: arnOf(EKS) }])).toMatchObject({
      who: { kind: 'nobody', because: ['$.Statement[1]'] },
    });
  });

  it('is not the audience of a built-in issuer where another condition is never met', () => {
    const condition = { StringEquals: { 'accounts.google.com:aud': '1048', 'accounts.google.com:email': 'a@acme.example' } };
    expect(entranceOf([allow('accounts.google.com', condition)])).toMatchObject({
      audience: '1048',
      who: { kind: 'nobody', because: ["$.Statement[0].Condition.StringEquals['accounts.google.com:email']"] },
    });
  });

  it('is the list of the provider, where another audience would get in', () => {
    const condition = { StringEquals: { [`${EKS}:aud`]: 'own.example' } };
    expect(entranceOf([allow(arnOf(EKS), condition)], [{ arn: arnOf(EKS) }])).toMatchObject({
      clientIds: ['sts.amazonaws.com'],
      who: { kind: 'nobody' },
    });
    expect(entranceOf([allow(arnOf(EKS))], [{ arn: arnOf(EKS), clientIds: [] }])).toMatchObject({ clientIds: [], who: { kind: 'nobody' } });
    expect(entranceOf([allow(arnOf(EKS))], [{ arn: arnOf(EKS) }])).not.toHaveProperty('clientIds');
  });

  it('is a provider that was made for another spelling of the issuer of a cluster', () => {
    expect(entranceOf([allow(arnOf(LOWER))], [{ arn: arnOf(LOWER) }])).toMatchObject({ meantFor: EKS, who: { kind: 'nobody' } });
    // Whether STS takes the two for one is not documented.
    const withPort = arnOf(EKS.replace('/', ':443/'));
    expect(entranceOf([allow(withPort)], [{ arn: withPort }])).toMatchObject({
      meantFor: EKS,
      who: { kind: 'undecided' },
      atMost: { kind: 'everybody' },
    });
  });

  it('is an exclusion that leaves no service account', () => {
    const excluded = allow(arnOf(EKS), {
      StringNotLike: { [`${EKS}:sub`]: ['system:serviceaccount:*:*', 'system:serviceaccount:shop:app'] },
    });
    expect(entranceOf([excluded], [{ arn: arnOf(EKS) }])).toMatchObject({
      who: { kind: 'nobody', because: [`$.Statement[0].Condition.StringNotLike['${EKS}:sub']`] },
    });
  });

  it('is a name in capitals, where case counts in one of two conditions', () => {
    const [ignoring, exact] = ['StringEqualsIgnoreCase', 'StringEquals'].map((operator) => ({
      [operator]: { [`${EKS}:sub`]: 'system:serviceaccount:shop:App' },
    }));
    expect(entranceOf([allow(arnOf(EKS), { ...ignoring, ...exact })], [{ arn: arnOf(EKS) }])).toMatchObject({
      who: { kind: 'nobody', because: [`$.Statement[0].Condition.StringEquals['${EKS}:sub']`] },
    });
  });

  it('is not the audience that only a Deny names', () => {
    const denied = {
      ...(allow('cognito-identity.amazonaws.com', {
        StringNotEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:pool' },
      }) as object),
      Effect: 'Deny',
    };
    expect(entranceOf([allow('cognito-identity.amazonaws.com'), denied])).toMatchObject({
      audience: 'eu-west-1:pool',
      who: { kind: 'everybody' },
    });
  });
});

describe('a role that nobody can assume, by who', () => {
  it('has a break told, on every case', () => {
    expect(CASES.flatMap(({ name, inventory }) => untold(inventory).map((one) => `${name} ${one}`))).toEqual([]);
  });

  it('has a break told', () => {
    fc.assert(
      fc.property(trusts, (given) => {
        expect(untold(inventoryOfCase(given))).toEqual([]);
      }),
      runs,
    );
  });

  it('is told why', () => {
    expect(CASES.flatMap(({ name, inventory }) => unexplained(inventory).map((one) => `${name} ${one}`))).toEqual([]);
    fc.assert(
      fc.property(trusts, (given) => {
        expect(unexplained(inventoryOfCase(given))).toEqual([]);
      }),
      runs,
    );
  });
});
