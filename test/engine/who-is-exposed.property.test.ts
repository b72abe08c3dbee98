import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { admissionsOf } from '../../src/engine/admissions.js';
import { exposuresOf } from '../../src/facts/exposure/exposure.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Inventory, Json } from '../../src/model/inventory/inventory.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${URL}`;

function accountOf(statements: readonly Json[]): Inventory {
  return inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    providers: [{ arn: PROVIDER, clientIds: ['sts.amazonaws.com'] }],
    roles: [{ arn: 'arn:aws:iam::210987654321:role/app', trustPolicy: { Version: '2012-10-17', Statement: statements } }],
  });
}

function statement(effect: 'Allow' | 'Deny', conditions: Readonly<Record<string, readonly string[]>>): Json {
  const blocks = Object.entries(conditions).map(([operator, values]) => [operator, { [`${URL}:sub`]: values }]);
  return {
    Effect: effect,
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: Object.fromEntries(blocks) as Json,
  };
}

/** How wide a role is: to somebody of a namespace that nobody named, else to these namespaces as a whole. */
type Width = 'open' | readonly string[];

const eachOnce = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

/** As `who` tells it. */
function told(inventory: Inventory): Width {
  const admitted = admissionsOf(inventory).roles.flatMap(({ entrances }) => entrances.map(({ who }) => who));
  if (admitted.some((who) => who.kind === 'everybody' || (who.kind === 'patterns' && who.openPatterns.length > 0))) return 'open';
  return eachOnce(admitted.flatMap((who) => (who.kind === 'patterns' ? who.namespaces : [])));
}

/** As the rules about exposures see it; null where the steps of a role do not suffice to tell. */
function exposed(inventory: Inventory): Width | null {
  const facts = deriveFacts(inventory);
  const found = facts.roles.flatMap((role) => exposuresOf(role, facts));
  if (found.some(({ isInvolved }) => isInvolved)) return null;
  const live = found.filter(({ latent, confidence }) => !latent && confidence === 'certain');
  if (live.some(({ breadth }) => breadth === 'everybody' || breadth === 'namespace-open')) return 'open';
  return eachOnce(live.flatMap(({ namespaces }) => namespaces));
}

const part = (...texts: string[]) => fc.constantFrom(...texts);
const whole = fc
  .tuple(
    part('system', '*', 'sys*', '*m'),
    part('serviceaccount', '*', 'service*'),
    part('payments', 'shop', '*', 'team-*', '*-eu', 'pay?ents', '?', 'shop*'),
    part('api', '*', 'api-*', '*-api', '?', '?*'),
  )
  .map((parts) => parts.join(':'));
const anyhow = fc.array(part('system', 'serviceaccount', 'system:serviceaccount:', 'payments', 'api', ':', ':', '*', '*', '?'), {
  minLength: 1,
  maxLength: 8,
});
const pattern = fc.oneof({ weight: 3, arbitrary: whole }, { weight: 1, arbitrary: anyhow.map((parts) => parts.join('')) });
const values = fc.array(pattern, { minLength: 1, maxLength: 3 });
const conditions = fc.oneof(
  { weight: 4, arbitrary: values.map((StringLike) => ({ StringLike })) },
  fc.record({ 'StringLike': values, 'ForAnyValue:StringLike': values }),
  fc.record({ StringLike: values, StringNotLike: values }),
);
const policy = fc
  .tuple(
    fc.array(conditions, { minLength: 1, maxLength: 2 }),
    fc.array(
      values.map((StringLike) => ({ StringLike })),
      { maxLength: 1 },
    ),
  )
  .map(([allows, denies]) => [...allows.map((one) => statement('Allow', one)), ...denies.map((one) => statement('Deny', one))]);

describe('how wide a role is', () => {
  it.each<[string, Width]>([
    ['*:api', 'open'],
    ['system:serviceaccount:team-*:api', 'open'],
    ['system:*:payments:*', ['payments']],
    ['system:*:*:*:*', []],
    ['system:serviceaccount:payments:api-*', []],
  ])('%s: who and the rules about exposures agree', (one, width) => {
    const inventory = accountOf([statement('Allow', { StringLike: [one] })]);
    expect([told(inventory), exposed(inventory)]).toEqual([width, width]);
  });

  it('is one question to who and to the rules about exposures', () => {
    fc.assert(
      fc.property(policy, (statements) => {
        const inventory = accountOf(statements);
        const width = exposed(inventory);
        if (width !== null) expect(told(inventory)).toEqual(width);
      }),
      { numRuns: 600, seed: 20261129 },
    );
  });

  it('lets nobody in where no service account has such a subject', () => {
    const inventory = accountOf([statement('Allow', { StringLike: ['system:*:*:*:*', '*:kube-system'] })]);
    expect(admissionsOf(accountOf([statement('Allow', { StringLike: ['system:*:*:*:*'] })])).roles[0]?.entrances[0]?.who.kind).toBe(
      'nobody',
    );
    expect(admissionsOf(inventory).roles[0]?.entrances[0]?.who).toMatchObject({ kind: 'patterns', patterns: ['*:kube-system'] });
  });
});
