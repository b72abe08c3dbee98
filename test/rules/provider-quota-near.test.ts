import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/report/finding.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const ACCOUNT = '210987654321';
const HOST = 'oidc.eks.eu-west-1.amazonaws.com/id';
const LIVING = `${HOST}/4F7A95328C9446D45A451F35AEDE11E6`;
const GONE = `${HOST}/B31C07D9E8425F60A1D7C93E5B80F264`;
const arn = (url: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;

/** What is told of an account with so many providers; the first are those of issuers named. */
function told(count: number, issuers: readonly string[], over: Case = {}): Finding | undefined {
  const urls = Array.from({ length: count }, (_, index) => issuers[index] ?? `token-${index}.ci.acme.io`);
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${LIVING}` }],
    providers: urls.map((url) => ({ arn: arn(url) })),
    ...over,
  });
  return auditInventory(inventory).findings.find(({ rule }) => rule === 'provider-quota-near');
}

describe('provider-quota-near', () => {
  it('is information from four fifths of the default on, and low from nine tenths', () => {
    expect(told(79, [LIVING])).toBeUndefined();
    expect(told(80, [LIVING])).toMatchObject({ severity: 'info', confidence: 'possible', subject: { type: 'account', id: ACCOUNT } });
    expect(told(90, [LIVING])).toMatchObject({ severity: 'low', confidence: 'possible' });
    expect(told(90, [LIVING])?.message).toBe('The account has 90 OIDC providers, of the 100 that it may have unless the quota was raised.');
  });

  it('asks for twice the default, and for nothing where the quota was raised and cannot be raised further', () => {
    expect(told(100, [LIVING])?.fix?.commands).toEqual([
      'aws service-quotas request-service-quota-increase --service-code iam --quota-code L-858F3967 --desired-value 200 --region us-east-1',
    ]);
    expect(told(101, [LIVING])).toBeUndefined();
    expect(told(559, [LIVING])).toBeUndefined();
    expect(told(560, [LIVING])).toMatchObject({ severity: 'info', fix: { commands: [] } });
    expect(told(560, [LIVING])?.message).toContain('of the 700 that a raised quota allows at most');
  });

  it('counts the providers that belong to no cluster', () => {
    const finding = told(95, [LIVING, GONE]);
    expect(finding?.message).toMatch(/; one of them belongs to no cluster of this account\.$/);
    expect(finding?.related).toMatchObject([{ type: 'provider', id: arn(GONE) }]);
    expect(finding?.fix?.summary).toBe('Delete the providers of clusters that are gone, or ask for a higher quota.');
  });

  it('takes none for gone where the clusters of its region were not read', () => {
    expect(told(95, [LIVING, GONE], { unread: { 'eu-west-1': 'denied' } })?.related).toEqual([]);
    const unread = [{ name: 'prod', issuer: `https://${LIVING}`, unread: 'denied' as const }];
    expect(told(95, [LIVING, GONE], { clusters: unread })?.related).toEqual([]);
  });
});
