import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admissionsOf } from '../../src/engine/admissions.js';
import { memoByText } from '../../src/lib/memo.js';
import { atLeast, type Finding } from '../../src/model/report/finding.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { exposuresIn, strangerGetsIn } from './invariants.js';
import { accountOf, AUDIENCE, made, type Made } from './made-up-shared.js';

/** Roles for issuers that sign tokens for everybody, with conditions of all kinds on all keys: what strangers get, and what is told. */

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100_000) / 50, seed: 20261128 };
/** Each account is asked about once: all properties have the same seed, and so the same accounts. */
const asked = <V extends object | boolean>(ask: (one: Made) => V): ((one: Made) => V) => {
  const askOnce = memoByText((text) => ask(JSON.parse(text) as Made));
  return (one) => askOnce(JSON.stringify(one));
};
const exposures = asked((one) => exposuresIn(accountOf(one)).map(({ rule, severity, confidence }) => ({ rule, severity, confidence })));
const isOpen = asked(strangerGetsIn);

const told = (findings: readonly Pick<Finding, 'rule' | 'severity' | 'confidence'>[]): string =>
  findings.map(({ rule, severity, confidence }) => `${rule} ${severity} ${confidence}`).join();

describe('roles for issuers that many share', () => {
  it('a stranger who gets in is told, critical or high', () => {
    fc.assert(
      fc.property(made, (one) => {
        fc.pre(isOpen(one));
        expect(exposures(one).filter(({ severity }) => atLeast(severity, 'high'))).not.toEqual([]);
      }),
      runs,
    );
  });

  it('certain is told only where a stranger gets in', () => {
    fc.assert(
      fc.property(made, (one) => {
        const certain = exposures(one).filter(({ severity, confidence }) => confidence === 'certain' && atLeast(severity, 'medium'));
        if (!isOpen(one)) expect(told(certain)).toBe('');
      }),
      runs,
    );
  });

  it('a claim that every token of Cognito has is not absent', () => {
    const asked = (operator: string) => ({ [operator]: { 'cognito-identity.amazonaws.com:amr': ['authenticated'] } });
    const trustPolicy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: 'cognito-identity.amazonaws.com' },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { ...asked('ForAllValues:StringLike'), ...asked('StringNotLike') },
        },
      ],
    };
    const inventory = inventoryOfCase({ roles: [{ arn: 'arn:aws:iam::210987654321:role/users', trustPolicy }] });
    expect(exposuresIn(inventory).filter(({ severity }) => atLeast(severity, 'medium'))).toEqual([]);
  });

  it('everybody by who is told, critical or high; nobody by who has no live exposure', () => {
    fc.assert(
      fc.property(made, (one) => {
        const entrances = admissionsOf(accountOf(one)).roles.flatMap((role) => role.entrances);
        // Whom an audience lets in that the policy names is no everybody: it is the audience of one app or pool.
        const kinds = entrances.filter(({ audience }) => one.issuer.builtIn !== true || audience === '*').map(({ who }) => who.kind);
        const grave = exposures(one).filter(({ severity }) => atLeast(severity, 'medium'));
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
