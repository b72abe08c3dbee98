import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { MADE_UP_ISSUERS } from './made-up-issuers.js';
import { opened } from './invariants.js';
import { accountOf, made, principalOf } from './made-up-shared.js';

/** The commands for a role of Cognito or GitHub with these conditions. */
function commandsFor(url: string, conditions: Readonly<Record<string, Readonly<Record<string, string>>>>): readonly string[] {
  const issuer = MADE_UP_ISSUERS.find((one) => one.url === url)!;
  const Condition = Object.fromEntries(
    Object.entries(conditions).map(([operator, claims]) => [
      operator,
      Object.fromEntries(Object.entries(claims).map(([claim, value]) => [`${url}:${claim}`, value])),
    ]),
  );
  const statement = { Effect: 'Allow', Principal: { Federated: principalOf(issuer) }, Action: 'sts:AssumeRoleWithWebIdentity', Condition };
  const inventory = accountOf({ issuer, document: { Version: '2012-10-17', Statement: [statement] } });
  return auditInventory(inventory).findings.flatMap(({ fix }) => fix?.commands ?? []);
}

describe('a condition on a claim that only some tokens have', () => {
  it.each(['ForAllValues:StringEquals', 'StringEqualsIfExists'])('is not taken out by a ready command: %s', (operator) => {
    expect(
      commandsFor('cognito-identity.amazonaws.com', { StringEquals: { aud: 'eu-west-1:pool' }, [operator]: { amr: 'authenticated' } }),
    ).toEqual([]);
    expect(
      commandsFor('token.actions.githubusercontent.com', {
        StringEquals: { aud: 'sts.amazonaws.com' },
        StringLike: { sub: 'repo:acme/app:*' },
        [operator]: { environment: 'production' },
      }),
    ).toEqual([]);
  });

  it('counts whoever may come with an audience that nobody names', () => {
    const conditions = { StringNotEquals: { aud: 'sts.amazonaws.com' }, StringEquals: { sub: '*' } };
    expect(commandsFor('token.actions.githubusercontent.com', conditions)).toEqual([]);
  });

  it('counts whoever may come with an audience that a Deny alone spares', () => {
    const google = MADE_UP_ISSUERS.find(({ url }) => url === 'accounts.google.com')!;
    const of = (Effect: string, Condition: NonNullable<Json>): NonNullable<Json> => ({
      Effect,
      Principal: { Federated: google.url },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition,
    });
    const spared = {
      'StringNotEquals': { 'accounts.google.com:aud': '1048' },
      'ForAllValues:StringEquals': { 'accounts.google.com:email': 'deploy@acme.example' },
    };
    const Statement = [of('Allow', { StringEquals: { 'accounts.google.com:sub': '*' } }), of('Deny', spared)];
    expect(opened({ issuer: google, document: { Version: '2012-10-17', Statement } })).toEqual([]);
  });

  it('is taken out where no token has it', () => {
    const conditions = { StringEquals: { aud: 'sts.amazonaws.com' }, StringLike: { sub: 'repo:acme/app:*' } };
    const vacuous = { 'ForAllValues:StringEquals': { iss: 'https://token.actions.githubusercontent.com' } };
    expect(commandsFor('token.actions.githubusercontent.com', { ...conditions, ...vacuous })).toHaveLength(1);
  });
});

describe('a ready command for a role that pipelines and people take', () => {
  it('opens the role to nobody of whom it does not tell', () => {
    fc.assert(
      fc.property(made, (one) => {
        expect(opened(one).slice(0, 1)).toEqual([]);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100_000) / 50, seed: 20261129 },
    );
  });
});
