import { describe, expect, it } from '@jest/globals';
import { KUBERNETES_READS } from '../../src/collect/reading/kubernetes-reads.js';
import { READS } from '../../src/collect/reading/reads.js';
import { CLUSTER_SECTIONS, readsOf, SECTIONS } from '../../src/model/contract/sections.js';

describe('the table of sections', () => {
  const reads = new Set<string>([...READS, ...KUBERNETES_READS].map(({ action }) => action));

  it('names reads that are made', () => {
    const named = SECTIONS.flatMap(({ need, read, details = [] }) => [...readsOf(need), read, ...details.map((detail) => detail.read)]);
    expect(named.filter((read) => !reads.has(read))).toEqual([]);
  });

  it('has every read of a list and of what is in it, but for those of the account and the clusters themselves', () => {
    const named = new Set(SECTIONS.flatMap(({ read, details = [] }) => [read, ...details.map((detail) => detail.read)]));
    expect([...reads].filter((read) => !named.has(read)).sort()).toEqual([
      'account:ListRegions',
      'eks:DescribeCluster',
      'eks:ListClusters',
      'iam:ListAccountAliases',
      'sts:GetCallerIdentity',
    ]);
  });

  it('says where roles of things come from that are in use', () => {
    const silent = CLUSTER_SECTIONS.filter((section) => (section.usage === undefined) !== (section.rolesOf === undefined));
    // Which service accounts use their roles hangs on the associations too.
    expect(silent.map(({ need }) => need)).toEqual(['service-accounts']);
  });
});
