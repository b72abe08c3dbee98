import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { chainOf } from '../../src/engine/chain/chain.js';
import { allClusters } from '../../src/model/inventory/all-clusters.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const caseOf = (path: string): Case => JSON.parse(readFileSync(join(__dirname, '../cases', path), 'utf8')) as Case;

/** Whether AWS takes a provider for the one of an issuer that differs by a slash at its end, it does not say. */
describe('a slash at the end that the issuer of a cluster does not have', () => {
  it.each([
    'provider-issuer-mismatch/bad-slash-on-the-provider.json',
    'provider-issuer-mismatch/bad-slash-on-provider-and-principal.json',
    'federated-provider-absent/bad-slash-on-the-principal-alone.json',
  ])('is possible at most, and open in why: %s', (path) => {
    const inventory = inventoryOfCase(caseOf(path));
    const report = auditInventory(inventory);
    expect(report.findings.map(({ confidence }) => confidence)).toEqual(['possible']);
    const [cluster] = allClusters(inventory);
    if (cluster === undefined) throw new Error('the case has no cluster');
    const target = { region: cluster.region, cluster: cluster.name, namespace: 'shop', serviceAccount: 'app', pod: null };
    expect(chainOf(inventory, { rules: RULES, report }, cluster, target).verdict).toBe('open');
  });
});
