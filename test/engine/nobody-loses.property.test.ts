import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

/** Issuers without a cluster here, with one who may come from each: who uses the role, only its last use tells. */
const ISSUERS = [
  { url: 'oidc.eks.eu-west-2.amazonaws.com/id/8B3C95328C9446D45A451F35AEDE22F7', subject: 'system:serviceaccount:shop:app' },
  { url: 'gitlab.example.org', subject: 'project_path:acme/shop:ref_type:branch:ref:main' },
] as const;
const ACCOUNT = '210987654321';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const provider = (url: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;

type Condition = Readonly<Record<string, Readonly<Record<string, Json>>>>;
const conditions = (url: string, subject: string): readonly Condition[] => [
  { StringEquals: { [`${url}:sub`]: subject } },
  { StringEquals: { [`${url}:sub`]: subject, [`${url}:aud`]: 'own.example' } },
  { StringEquals: { [`${url}:sub`]: subject, [`${url}:aud`]: 'sts.amazonaws.com' } },
  { StringNotEquals: { [`${url}:sub`]: 'nobody' } },
  { StringNotLike: { [`${url}:sub`]: 'system:serviceaccount:kube-system:*' }, StringEquals: { [`${url}:aud`]: 'own.example' } },
  { StringLike: { [`${url}:sub`]: '*' } },
  { 'ForAllValues:StringEquals': { [`${url}:iss`]: `https://${url}` }, 'StringEquals': { [`${url}:sub`]: subject } },
  { StringEqualsIfExists: { [`${url}:email`]: 'x@example.org' } },
  { Null: { [`${url}:sub`]: 'false' } },
  {},
];

const account = fc
  .record({
    issuer: fc.constantFrom(...ISSUERS),
    at: fc.nat({ max: 9 }),
    more: fc.nat({ max: 9 }),
    clientIds: fc.constantFrom(['own.example'], ['sts.amazonaws.com'], ['sts.amazonaws.com', 'own.example']),
    days: fc.constantFrom(0, 1, 30, 89),
    isRead: fc.boolean(),
  })
  .map(({ issuer: { url, subject }, at, more, clientIds, days, isRead }) => {
    const all = conditions(url, subject);
    const statements = [...new Set([at, more])].map((index) => ({
      Effect: 'Allow',
      Principal: { Federated: provider(url) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: all[index] ?? {},
    }));
    const lastUsed = new Date(Date.parse('2026-11-01T06:00:00.000Z') - days * 86_400_000).toISOString();
    const given: Case = {
      clusters: [{ name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6' }],
      providers: [{ arn: provider(url), clientIds }],
      roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: statements }, lastUsed }],
      ...(isRead ? { serviceAccounts: [] } : {}),
    };
    return { given, url, subjects: [subject, 'system:serviceaccount:other:batch', 'anybody'], clientIds };
  });

describe('a role that was used within 90 days by whom nobody here can see', () => {
  it('has no ready command that shuts out whoever gets in today', () => {
    fc.assert(
      fc.property(account, ({ given, url, subjects, clientIds }) => {
        for (const { fix, rule } of auditInventory(inventoryOfCase(given)).findings) {
          for (const { kind, before, after } of fix !== null && fix.commands.length > 0 ? fix.patches : []) {
            if (kind !== 'trust-policy') continue;
            const lost = subjects.flatMap((subject) =>
              clientIds.filter((audience) => {
                const request = { providerArn: provider(url), issuer: `https://${url}`, audience, subject };
                return evaluateTrust(before, request).verdict !== 'denied' && evaluateTrust(after, request).verdict === 'denied';
              }),
            );
            expect([rule, lost]).toEqual([rule, []]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
