import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { admissionsOf } from '../../src/engine/admissions.js';
import { chainOf } from '../../src/engine/chain/chain.js';
import { allClusters } from '../../src/model/inventory/all-clusters.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const caseOf = (path: string): Case => JSON.parse(readFileSync(join(__dirname, '../cases', path), 'utf8')) as Case;

describe('a principal that no provider has to the letter', () => {
  it.each<[string, string]>([
    ['subject-condition-missing/bad-principal-with-a-slash.json', 'medium'],
    ['subject-condition-missing/bad-principal-in-lower-case.json', 'medium'],
    ['subject-open-on-shared-issuer/bad-principal-with-a-slash.json', 'high'],
  ])('may open the role to everybody: %s', (path, severity) => {
    const inventory = inventoryOfCase(caseOf(path));
    const exposures = auditInventory(inventory).findings.filter(({ kind }) => kind === 'exposure');
    expect(exposures.map((one) => [one.severity, one.confidence])).toEqual([[severity, 'possible']]);
    const entrances = admissionsOf(inventory).roles.flatMap((role) => role.entrances);
    expect(entrances.map(({ provider, who }) => [provider, who.kind])).toEqual([['there', 'undecided']]);
  });
});

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
