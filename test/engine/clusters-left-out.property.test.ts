import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { hiddenByOthers } from './invariants-of-clusters.js';
import { together } from './made-up-together.js';
import { trusts } from './made-up-trusts.js';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200), seed: 20261129 };

describe('a role that nobody of one issuer can assume', () => {
  it('is told with every other cluster left out, and for its own cluster, on every case', () => {
    expect(CASES.flatMap(({ name, inventory }) => hiddenByOthers(inventory).map((one) => `${name} ${one}`))).toEqual([]);
  });

  it('is told with every other cluster left out, and for its own cluster', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          trusts,
          together.map(({ given }) => given),
        ),
        (given) => {
          expect(hiddenByOthers(inventoryOfCase(given))).toEqual([]);
        },
      ),
      runs,
    );
  });
});
