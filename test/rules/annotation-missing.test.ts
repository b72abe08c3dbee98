import { describe, expect, it } from '@jest/globals';
import { unknown } from '../../src/model/inventory/observed.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { auditInventory, whyNot } from '../../src/pipeline/pipeline.js';
import { caseOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const GIVEN = caseOf('annotation-missing', 'bad-pods-without-identity');

/** How an inventory is told: severity, confidence, error, commands, and the verdict of `why`. */
function told(inventory: Inventory): readonly unknown[] {
  const finding = auditInventory(inventory).findings.find(({ rule }) => rule === 'annotation-missing');
  const { verdict } = whyNot(inventory, { namespace: 'shop', serviceAccount: 'checkout' }, DEFAULT_SETTINGS);
  return [finding?.severity, finding?.confidence, finding?.error, finding?.fix?.commands.length, verdict];
}

describe('a service account that a trust policy names, without annotation', () => {
  it('is a break where a pod runs as it without a role', () => {
    expect(told(inventoryOfCase(GIVEN))).toEqual(['high', 'likely', 'Unable to locate credentials', 1, 'broken']);
  });

  it('may be one that something asks for tokens of, where none does', () => {
    expect(told(inventoryOfCase({ ...GIVEN, pods: [] }))).toEqual(['info', 'possible', null, 0, 'holds']);
  });

  it('is worth a look, and no more, where nobody asked for the pods', () => {
    const unasked = Object.fromEntries(Object.entries(GIVEN).filter(([key]) => key !== 'pods'));
    expect(told(inventoryOfCase(unasked))).toEqual(['low', 'possible', null, 0, 'holds']);
  });

  it('is not told at all where the pods could not be read', () => {
    const whole = inventoryOfCase(GIVEN);
    const regions = whole.regions.map((region) => ({
      ...region,
      clusters: region.clusters.known
        ? { known: true as const, value: region.clusters.value.map((one) => ({ ...one, workloads: unknown('denied', 'no') })) }
        : region.clusters,
    }));
    expect(told({ ...whole, regions }).slice(0, 2)).toEqual([undefined, undefined]);
  });
});
