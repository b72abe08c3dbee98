import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { BOTH, forPods, HOST, policy, providerArn, roleArn } from '../engine/made-up-statements.js';

/** Whom a statement or a Deny denies, rules name among what they touch: the service accounts that use the role and are refused, and no other. */

const [SUB, AUD] = [`${HOST.prod}:sub`, `${HOST.prod}:aud`];
const subjectOf = (name: string): string => `system:serviceaccount:shop:${name}`;

const allow = (condition: Readonly<Record<string, Json>>, hosts: readonly string[] = [HOST.prod]): Json => ({
  Effect: 'Allow',
  Principal: { Federated: hosts.map((host) => providerArn(host)) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
});
const deny = (condition: Readonly<Record<string, Json>>): Json => ({
  Effect: 'Deny',
  Principal: { Federated: providerArn(HOST.prod) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
});

const FINE = allow({ StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: [subjectOf('app'), subjectOf('web')] } });

/** The service accounts that a rule names; null where it is silent. */
function namedBy(rule: string, statements: readonly Json[], associated: readonly string[] = []): readonly string[] | null {
  const account = {
    clusters: [
      { name: 'prod', region: 'eu-west-1', issuer: `https://${HOST.prod}` },
      { name: 'lab', region: 'us-east-1', issuer: `https://${HOST.lab}` },
    ],
    providers: [HOST.prod, HOST.lab].map((host) => ({ arn: providerArn(host) })),
    roles: [{ arn: roleArn('app'), trustPolicy: policy(...statements, forPods(BOTH)) }],
    serviceAccounts: ['app', 'web'].map((name) => ({
      cluster: 'prod',
      namespace: 'shop',
      name,
      annotations: { 'eks.amazonaws.com/role-arn': roleArn('app') },
    })),
    podIdentityAssociations: associated.map((serviceAccount) => ({
      cluster: 'prod',
      namespace: 'shop',
      serviceAccount,
      roleArn: roleArn('app'),
    })),
  };
  const found = auditInventory(inventoryOfCase(account)).findings.filter((finding) => finding.rule === rule);
  if (found.length === 0) return null;
  return [...new Set(found.flatMap(({ related }) => related.flatMap(({ type, id }) => (type === 'service-account' ? [id] : []))))].sort();
}

const EVERYBODY = ['prod/shop/app', 'prod/shop/web'];

describe('who suffers by it is named', () => {
  it('by a condition that is never true', () => {
    const never = allow({ StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: [] } });
    expect(namedBy('condition-never-true', [never])).toEqual(EVERYBODY);
    const past = allow({
      StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: [subjectOf('app'), subjectOf('web')] },
      DateLessThan: { 'aws:CurrentTime': '2024-01-01T00:00:00Z' },
    });
    expect(namedBy('condition-never-true', [past])).toEqual(EVERYBODY);
    expect(namedBy('condition-never-true', [never], ['web'])).toEqual(['prod/shop/app']);
    // Whom another statement allows suffers nothing.
    const one = allow({ StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: subjectOf('app') } });
    expect(namedBy('condition-never-true', [never, one])).toEqual(['prod/shop/web']);
    expect(namedBy('condition-never-true', [never, FINE])).toEqual([]);
  });

  it('by conditions that exclude each other', () => {
    const excluded = allow({
      StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: subjectOf('app') },
      StringNotEquals: { [SUB]: subjectOf('app') },
    });
    expect(namedBy('conditions-contradictory', [excluded])).toEqual(EVERYBODY);
    const issuers = allow({ StringEquals: { [SUB]: subjectOf('app'), [`${HOST.lab}:sub`]: subjectOf('app') } }, [HOST.prod, HOST.lab]);
    expect(namedBy('conditions-contradictory', [issuers])).toEqual(EVERYBODY);
    expect(namedBy('conditions-contradictory', [issuers, FINE])).toEqual([]);
  });

  it('by a Deny', () => {
    expect(namedBy('deny-over-allow', [FINE, deny({ StringEquals: { [SUB]: subjectOf('app') } })])).toEqual(['prod/shop/app']);
    expect(namedBy('deny-over-allow', [FINE, deny({ StringNotEquals: { [SUB]: subjectOf('app') } })])).toEqual(['prod/shop/web']);
    expect(namedBy('deny-over-allow', [FINE, deny({ StringLike: { [SUB]: '*' } })])).toEqual(EVERYBODY);
    expect(namedBy('deny-over-allow', [FINE, deny({ StringEquals: { [SUB]: subjectOf('app') } })], ['app'])).toEqual([]);
    expect(namedBy('deny-over-allow', [FINE, deny({ StringEquals: { [SUB]: subjectOf('other') } })])).toBeNull();
  });
});
