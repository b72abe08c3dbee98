import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';

/** What gives nobody access and takes none away: it needs no proof. README.md names these. */
const CHANGES_NO_ACCESS =
  /^(?:aws eks (?:create|update)-addon .* --addon-name eks-pod-identity-agent( |$)|aws service-quotas |kubectl rollout restart )/;

const unproven = (inventory: Inventory): readonly string[] =>
  auditInventory(inventory).findings.flatMap(({ rule, fix }) =>
    fix === null || fix.verified ? [] : fix.commands.filter((one) => !CHANGES_NO_ACCESS.test(one)).map((one) => `${rule}: ${one}`),
  );

describe('a command that is printed', () => {
  it('was proven, in every case', () => {
    expect(CASES.flatMap(({ inventory }) => unproven(inventory))).toEqual([]);
  });

  it('was proven, in made-up accounts', () => {
    fc.assert(
      fc.property(accounts, (given) => {
        expect(unproven(inventoryOfCase(given))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
