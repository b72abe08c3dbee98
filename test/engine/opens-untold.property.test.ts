import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditInventory } from '../../src/pipeline.js';
import type { OtherClaims } from '../../src/policy/claims.js';
import { evaluateTrust } from '../../src/policy/evaluate.js';
import { globMatcher } from '../../src/policy/glob.js';
import { MADE_UP_ISSUERS } from './made-up-issuers.js';
import { accountOf, AUDIENCE, made, principalOf, type Made } from './made-up-shared.js';

interface Token {
  readonly subject: string;
  readonly audience: string;
  readonly claims: OtherClaims;
}

const filled = (value: string): string => value.replaceAll('*', 'any').replaceAll('?', 'x');

/** Tokens of strangers and of those who are named, with and without each claim of which a document speaks. */
function tokensFor({ issuer, document }: Made): readonly Token[] {
  const text = JSON.stringify(document);
  const { values, subjects, audiences = [AUDIENCE], fixed, chosen } = issuer;
  const spoken = Object.keys(values).filter(
    (claim) => !['sub', 'aud', 'app_id', 'user_id', 'id'].includes(claim) && text.includes(`:${claim}"`),
  );
  const claims = spoken.reduce<readonly OtherClaims[]>(
    (all, claim) => {
      const tried = [...new Set([...(chosen[claim] ?? [null]), ...(values[claim] ?? []).slice(0, 1).map(filled), null])];
      return all.flatMap((one) => tried.map((value): OtherClaims => (value === null ? one : { ...one, [claim]: value })));
    },
    [fixed],
  );
  const named = [...(values['sub'] ?? []), ...(values['user_id'] ?? []), ...(values['id'] ?? [])].map(filled);
  const asked = [...audiences, ...[...(values['aud'] ?? []), ...(values['app_id'] ?? [])].map(filled)];
  return [...subjects, ...named].flatMap((subject) =>
    [...new Set(asked)].flatMap((audience) => claims.map((one) => ({ subject, audience, claims: one }))),
  );
}

/** Tokens that are refused today and get in by a ready command that does not tell of them. */
function opened(one: Made): readonly string[] {
  return auditInventory(accountOf(one)).findings.flatMap(({ rule, fix }) =>
    (fix !== null && fix.commands.length > 0 ? fix.patches : []).flatMap(({ kind, before, after }) => {
      if (kind !== 'trust-policy' || fix === null) return [];
      const isTold = (subject: string): boolean => fix.grants.some((grant) => globMatcher(grant.subject)(subject));
      const door = { providerArn: principalOf(one.issuer), issuer: `https://${one.issuer.url}` };
      return tokensFor(one).flatMap((token) => {
        const [now, then] = [before, after].map((document) => evaluateTrust(document, { ...door, ...token }).verdict);
        return now === 'denied' && then === 'allowed' && !isTold(token.subject) ? [`${rule} ${JSON.stringify(token)}`] : [];
      });
    }),
  );
}

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
