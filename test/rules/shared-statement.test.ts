import { describe, expect, it } from '@jest/globals';
import { atLeast, type Severity } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { selectFindings } from '../../src/selection/select-findings.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const BLUE = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';
const GREEN = 'oidc.eks.eu-west-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49';
const ROLE = 'arn:aws:iam::210987654321:role/app';
const SUBJECT = 'system:serviceaccount:shop:app';
const arnOf = (url: string): string => `arn:aws:iam::210987654321:oidc-provider/${url}`;

const OPERATORS = [null, 'StringEquals', 'StringEqualsIfExists'] as const;
const KEYS = [
  [`${BLUE}:sub`, SUBJECT],
  [`${BLUE}:aud`, 'sts.amazonaws.com'],
  [`${GREEN}:sub`, SUBJECT],
  [`${GREEN}:aud`, 'sts.amazonaws.com'],
] as const;

/** One statement for both clusters, with each key under one operator or none. */
function trust(operators: readonly (string | null)[]): NonNullable<Json> {
  const conditions: Record<string, Record<string, string>> = {};
  operators.forEach((operator, index) => {
    const [key, value] = KEYS[index]!;
    if (operator !== null) conditions[operator] = { ...conditions[operator], [key]: value };
  });
  const statement = { Effect: 'Allow', Principal: { Federated: [arnOf(BLUE), arnOf(GREEN)] }, Action: 'sts:AssumeRoleWithWebIdentity' };
  return {
    Version: '2012-10-17',
    Statement: [{ ...statement, ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }) }],
  };
}

function account(trustPolicy: NonNullable<Json>): Case {
  const carrier = (cluster: string) => ({ cluster, namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } });
  return {
    clusters: [
      { name: 'blue', issuer: `https://${BLUE}` },
      { name: 'green', issuer: `https://${GREEN}` },
    ],
    providers: [{ arn: arnOf(BLUE) }, { arn: arnOf(GREEN) }],
    roles: [{ arn: ROLE, trustPolicy }],
    serviceAccounts: [carrier('blue'), carrier('green')],
  };
}

const combinations = (left: number): readonly (readonly (string | null)[])[] =>
  left === 0 ? [[]] : combinations(left - 1).flatMap((some) => OPERATORS.map((one) => [...some, one]));

describe('one statement for two clusters', () => {
  const isDenied = (policy: NonNullable<Json>, url: string): boolean =>
    evaluateTrust(policy, {
      providerArn: arnOf(url),
      issuer: `https://${url}`,
      audience: 'sts.amazonaws.com',
      subject: SUBJECT,
      clientIds: ['sts.amazonaws.com'],
    }).verdict === 'denied';

  it.each(combinations(KEYS.length).map((operators) => [operators]))(
    'that denies a service account which carries the role is told: %s',
    (operators) => {
      const policy = trust(operators);
      const broken = auditInventory(inventoryOfCase(account(policy))).findings.filter(
        ({ severity, kind }) => kind === 'break' && atLeast(severity, 'medium'),
      );
      expect(broken.length > 0).toBe(isDenied(policy, BLUE) || isDenied(policy, GREEN));
    },
  );

  /** What is told of an account while some clusters are left out. */
  const toldOf = (policy: NonNullable<Json>, exclude: readonly string[]) => {
    const report = auditInventory(inventoryOfCase(account(policy)), {
      settings: { ...DEFAULT_SETTINGS, clusters: { include: [], exclude } },
    });
    return { ...report, findings: report.findings.filter(({ suppressed }) => suppressed === null) };
  };

  it.each(combinations(KEYS.length).map((operators) => [operators]))(
    'is told by each cluster that it concerns, and by none that is left out: %s',
    (operators) => {
      const policy = trust(operators);
      const isBreak = ({ severity, kind }: { severity: Severity; kind: unknown }): boolean =>
        kind === 'break' && atLeast(severity, 'medium');
      for (const [own, other, url] of [
        ['blue', 'green', BLUE],
        ['green', 'blue', GREEN],
      ] as const) {
        if (!isDenied(policy, url)) continue;
        const told = toldOf(policy, [other]);
        expect(told.findings.filter(isBreak).map(({ clusters }) => clusters)).toContainEqual(expect.arrayContaining([`eu-west-1/${own}`]));
        expect(selectFindings(told, { clusters: [own] }).findings.some(isBreak)).toBe(true);
      }
      expect(toldOf(policy, ['blue', 'green']).findings).toEqual([]);
    },
  );

  it('is not told for one cluster where it concerns the other alone', () => {
    const others = 'system:serviceaccount:shop:other';
    const allow = (url: string, subject: string) => ({
      Effect: 'Allow',
      Principal: { Federated: arnOf(url) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${url}:sub`]: subject, [`${url}:aud`]: 'sts.amazonaws.com' } },
    });
    const policy = { Version: '2012-10-17', Statement: [allow(BLUE, others), allow(GREEN, SUBJECT)] };
    expect(toldOf(policy, ['green']).findings.map(({ rule }) => rule)).toContain('subject-mismatch');
    expect(toldOf(policy, ['blue']).findings).toEqual([]);
  });
});
