import { describe, expect, it } from '@jest/globals';
import { admissionsOf } from '../../src/engine/admissions.js';
import { chainOf } from '../../src/engine/chain/chain.js';
import { allClusters } from '../../src/model/inventory/all-clusters.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { caseOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

describe('a principal that no provider has to the letter', () => {
  it.each<[string, string, string]>([
    ['subject-condition-missing', 'bad-principal-with-a-slash', 'medium'],
    ['subject-condition-missing', 'bad-principal-in-lower-case', 'medium'],
    ['subject-open-on-shared-issuer', 'bad-principal-with-a-slash', 'high'],
  ])('may open the role to everybody: %s/%s', (rule, name, severity) => {
    const inventory = inventoryOfCase(caseOf(rule, name));
    const exposures = auditInventory(inventory).findings.filter(({ kind }) => kind === 'exposure');
    expect(exposures.map((one) => [one.severity, one.confidence])).toEqual([[severity, 'possible']]);
    const entrances = admissionsOf(inventory).roles.flatMap((role) => role.entrances);
    expect(entrances.map(({ provider, who }) => [provider, who.kind])).toEqual([['there', 'undecided']]);
  });
});

/** Whether AWS takes a provider for the one of an issuer that differs by a slash at its end, it does not say. */
describe('a slash at the end that the issuer of a cluster does not have', () => {
  it.each<[string, string]>([
    ['provider-issuer-mismatch', 'bad-slash-on-the-provider'],
    ['provider-issuer-mismatch', 'bad-slash-on-provider-and-principal'],
    ['federated-provider-absent', 'bad-slash-on-the-principal-alone'],
  ])('is possible at most, and open in why: %s/%s', (rule, name) => {
    const inventory = inventoryOfCase(caseOf(rule, name));
    const report = auditInventory(inventory);
    expect(report.findings.map(({ confidence }) => confidence)).toEqual(['possible']);
    const [cluster] = allClusters(inventory);
    if (cluster === undefined) throw new Error('the case has no cluster');
    const target = { region: cluster.region, cluster: cluster.name, namespace: 'shop', serviceAccount: 'app', pod: null };
    expect(chainOf(inventory, { rules: RULES, report }, cluster, target).verdict).toBe('open');
  });
});
