import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { atLeast, type Finding } from '../../src/model/report/finding.js';
import { seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';

const BREAKS = new Set(RULES.filter(({ kind }) => kind === 'break').map(({ id }) => id));

/** What the nodes lack keeps all pods from what associations give, and is told of the cluster. */
const OF_NODES = new Set(['pod-identity-agent-unhealthy', 'pod-identity-node-permission-missing']);

/** The ids of a service account and of its pods, as findings have them. */
function idsOf(id: string, inventory: Inventory): ReadonlySet<string> {
  const [cluster = '', namespace = '', name = ''] = id.split('/');
  const pods = inventory.regions
    .flatMap(({ clusters }) => seen(clusters))
    .filter((one) => one.name === cluster)
    .flatMap(({ workloads }) => seen(workloads))
    .filter((one) => one.namespace === namespace && one.serviceAccount === name)
    .map(({ owner }) => `${cluster}/${namespace}/${owner.name}`);
  return new Set([id, ...pods]);
}

/** Findings that say that nothing is known to fail of whom another break tells that something does. */
function contradictions(inventory: Inventory): readonly string[] {
  const { findings } = auditInventory(inventory);
  const breaks = findings.filter(({ rule, severity }) => BREAKS.has(rule) && !OF_NODES.has(rule) && atLeast(severity, 'medium'));
  return findings
    .filter(({ fix }) => fix?.summary.startsWith('Nothing fails for having both') === true)
    .flatMap(({ subject }) => {
      const own = idsOf(subject.id, inventory);
      const isOf = ({ subject: one, related }: Finding): boolean => own.has(one.id) || related.some(({ id }) => own.has(id));
      return breaks.filter(isOf).map(({ rule }) => `${subject.id} has ${rule}`);
    });
}

describe('of whom nothing is said to fail', () => {
  it('no other finding tells a break, on every case', () => {
    expect(CASES.flatMap(({ name, inventory }) => contradictions(inventory).map((one) => `${name}: ${one}`))).toEqual([]);
  });

  it('no other finding tells a break, on made-up accounts', () => {
    fc.assert(
      fc.property(accounts, (given) => {
        expect(contradictions(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: 300, seed: 20261129 },
    );
  });
});
