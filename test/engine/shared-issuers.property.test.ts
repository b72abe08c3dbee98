import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admissionsOf } from '../../src/engine/admissions.js';
import { atLeast, type Finding } from '../../src/model/finding.js';
import type { Inventory, Json } from '../../src/model/inventory.js';
import { auditInventory } from '../../src/pipeline.js';
import type { OtherClaims } from '../../src/policy/claims.js';
import { evaluateTrust } from '../../src/policy/evaluate.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { MADE_UP_ISSUERS, type MadeUpIssuer } from './made-up-issuers.js';

/** Roles for issuers that sign tokens for everybody, with conditions of all kinds on all keys: what strangers get, and what is told. */

const ACCOUNT = '210987654321';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;
const AUDIENCE = 'sts.amazonaws.com';
const EXPOSURES = new Set(RULES.filter(({ kind }) => kind === 'exposure').map(({ id }) => id));

const OPERATORS = [
  'StringEquals',
  'StringEquals',
  'StringLike',
  'StringLike',
  'StringEqualsIfExists',
  'ForAllValues:StringEquals',
  'ForAllValues:StringLike',
  'ForAnyValue:StringEquals',
  'StringNotEquals',
  'StringNotLike',
  'Null',
] as const;

interface Made {
  readonly issuer: MadeUpIssuer;
  readonly document: Json;
}

const principalOf = ({ url, builtIn }: MadeUpIssuer): string => (builtIn === true ? url : `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`);

const blockOf = (issuer: MadeUpIssuer): fc.Arbitrary<readonly [string, string, Json]> =>
  fc.tuple(fc.constantFrom(...OPERATORS), fc.constantFrom(...Object.keys(issuer.values))).chain(([operator, claim]) => {
    const values = operator === 'Null' ? ['true', 'false'] : [...(issuer.values[claim] ?? ['x'])];
    return fc
      .uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
      .map((some) => [operator, `${issuer.url}:${claim}`, some] as const);
  });

const statementOf = (issuer: MadeUpIssuer, effect: 'Allow' | 'Deny'): fc.Arbitrary<Json> =>
  fc.array(blockOf(issuer), { minLength: effect === 'Deny' ? 1 : 0, maxLength: 3 }).map((blocks) => {
    const condition: Record<string, Record<string, Json>> = {};
    for (const [operator, key, values] of blocks) condition[operator] = { ...condition[operator], [key]: values };
    return { Effect: effect, Principal: { Federated: principalOf(issuer) }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition };
  });

const made: fc.Arbitrary<Made> = fc
  .constantFrom(...MADE_UP_ISSUERS)
  .chain((issuer) =>
    fc
      .tuple(statementOf(issuer, 'Allow'), fc.option(statementOf(issuer, 'Deny'), { freq: 5 }))
      .map(([allow, deny]) => ({ issuer, document: { Version: '2012-10-17', Statement: deny === null ? [allow] : [allow, deny] } })),
  );

const accountOf = ({ issuer, document }: Made): Inventory =>
  inventoryOfCase({
    account: ACCOUNT,
    clusters: [],
    providers: issuer.builtIn === true ? [] : [{ arn: principalOf(issuer), url: issuer.url, clientIds: [AUDIENCE] }],
    roles: [{ arn: ROLE, trustPolicy: document }],
  });

/** What is latent is told as info. */
const exposuresIn = (inventory: Inventory): Finding[] => auditInventory(inventory).findings.filter(({ rule }) => EXPOSURES.has(rule));

/** All that a stranger can bring that makes a difference to a document: each choice of theirs, beside what is given to them. */
function strangersOf({ subjects, audiences = [AUDIENCE], fixed, chosen }: MadeUpIssuer, document: string) {
  const differing = Object.entries(chosen).map(
    ([claim, values]) => [claim, document.includes(`:${claim}"`) ? values : values.slice(0, 1)] as const,
  );
  const claims = differing.reduce<readonly OtherClaims[]>(
    (all, [claim, values]) => all.flatMap((one) => values.map((value): OtherClaims => (value === null ? one : { ...one, [claim]: value }))),
    [fixed],
  );
  return subjects.flatMap((subject) => audiences.flatMap((audience) => claims.map((one) => ({ subject, audience, claims: one }))));
}

function strangerGetsIn({ issuer, document }: Made): boolean {
  const door = { providerArn: principalOf(issuer), issuer: `https://${issuer.url}` };
  const strangers = strangersOf(issuer, JSON.stringify(document));
  return strangers.some((token) => evaluateTrust(document, { ...door, ...token }).verdict === 'allowed');
}

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100_000) / 50, seed: 20261128 };
const told = (findings: readonly Finding[]): string =>
  findings.map(({ rule, severity, confidence }) => `${rule} ${severity} ${confidence}`).join();

describe('roles for issuers that many share', () => {
  it('a stranger who gets in is told, critical or high', () => {
    fc.assert(
      fc.property(made, (one) => {
        fc.pre(strangerGetsIn(one));
        expect(exposuresIn(accountOf(one)).filter(({ severity }) => atLeast(severity, 'high'))).not.toEqual([]);
      }),
      runs,
    );
  });

  it('certain is told only where a stranger gets in', () => {
    fc.assert(
      fc.property(made, (one) => {
        const certain = exposuresIn(accountOf(one)).filter(
          ({ severity, confidence }) => confidence === 'certain' && atLeast(severity, 'medium'),
        );
        if (!strangerGetsIn(one)) expect(told(certain)).toBe('');
      }),
      runs,
    );
  });

  it('everybody by who is told, critical or high; nobody by who has no live exposure', () => {
    fc.assert(
      fc.property(made, (one) => {
        const inventory = accountOf(one);
        const entrances = admissionsOf(inventory).roles.flatMap((role) => role.entrances);
        // Whom an audience lets in that the policy names is no everybody: it is the audience of one app or pool.
        const kinds = entrances.filter(({ audience }) => one.issuer.builtIn !== true || audience === '*').map(({ who }) => who.kind);
        const grave = exposuresIn(inventory).filter(({ severity }) => atLeast(severity, 'medium'));
        if (kinds.includes('everybody') && one.issuer.isShared !== false)
          expect(grave.filter(({ severity }) => atLeast(severity, 'high'))).not.toEqual([]);
        if (entrances.every(({ who }) => who.kind === 'nobody')) expect(told(grave)).toBe('');
      }),
      runs,
    );
  });

  it('who speaks of a provider that is missing, or of the audience of EKS, for no issuer that is built in', () => {
    fc.assert(
      fc.property(made, (one) => {
        fc.pre(one.issuer.builtIn === true);
        for (const { entrances } of admissionsOf(accountOf(one)).roles)
          for (const { provider, audience } of entrances) expect([provider, audience === AUDIENCE]).toEqual(['there', false]);
      }),
      { ...runs, numRuns: runs.numRuns / 4 },
    );
  });
});
