import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditWith } from '../../src/engine/audit.js';
import { severityRank, type Finding } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';

/** Findings that stand under another which weighs less. */
function underLighter(inventory: Inventory): readonly string[] {
  const { findings } = auditWith(RULES, inventory).report;
  const heads = new Map(findings.filter(({ place }) => place === 'primary').map((one) => [one.fingerprint, one]));
  const isLighter = ({ severity, problem }: Finding): boolean =>
    severityRank(heads.get(problem)?.severity ?? 'critical') < severityRank(severity);
  return findings.filter(isLighter).map(({ rule, severity, problem }) => `${heads.get(problem)?.rule ?? ''} heads ${rule} at ${severity}`);
}

describe('a problem', () => {
  it('is headed by nothing lighter than what stands under it, in every case', () => {
    expect(CASES.flatMap(({ name, inventory }) => underLighter(inventory).map((text) => `${name}: ${text}`))).toEqual([]);
  });

  it('is so in made-up accounts', () => {
    fc.assert(
      fc.property(accounts, (given) => {
        expect(underLighter(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('of a role that is open to the world and broken for another is headed by what is open', () => {
    const [url, github] = ['oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835', 'token.actions.githubusercontent.com'];
    const arn = (one: string): string => `arn:aws:iam::210987654321:oidc-provider/${one}`;
    const role = 'arn:aws:iam::210987654321:role/app';
    const statement = (one: string, conditions: Readonly<Record<string, string>>) => ({
      Effect: 'Allow',
      Principal: { Federated: arn(one) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${one}:aud`]: 'sts.amazonaws.com', ...conditions } },
    });
    const Statement = [statement(url, { [`${url}:sub`]: 'system:serviceaccount:shop:ap' }), statement(github, {})];
    const { findings } = auditWith(
      RULES,
      inventoryOfCase({
        clusters: [{ name: 'prod', issuer: `https://${url}` }],
        providers: [{ arn: arn(url) }, { arn: arn(github) }],
        roles: [{ arn: role, trustPolicy: { Version: '2012-10-17', Statement } }],
        serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': role } }],
      }),
    ).report;
    const ofRole = findings.filter(({ subject }) => subject.id === role);
    expect(ofRole.map(({ severity, place }) => `${severity} ${place}`).slice(0, 2)).toEqual(['critical primary', 'high co-defect']);
    expect(new Set(ofRole.map(({ problem }) => problem)).size).toBe(1);
  });
});
