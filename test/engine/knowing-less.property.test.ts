import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { isAstray, toldOf } from '../cases/told-of.js';
import { SECTIONS, type UnreadableSection } from '../cases/unread-sections.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { accounts } from './made-up-account.js';

const RUNS = 120;
const SEED = 20261128;

const sections = fc
  .uniqueArray(fc.nat(SECTIONS.length - 1), { minLength: 1, maxLength: 2 })
  .map((all) => all.flatMap((one) => SECTIONS[one] ?? []));

/** An account without some sections; what it has none of stays as it is. */
const without = (inventory: Inventory, some: readonly UnreadableSection[]): Inventory =>
  some.reduce((less, section) => section.without(less) ?? less, inventory);

/** What the report of an account without some sections tells beyond that of the whole account. */
function toldBeyond(account: Case, some: readonly UnreadableSection[]): readonly string[] {
  const inventory = inventoryOfCase(account);
  const full = toldOf(inventory);
  return [...toldOf(without(inventory, some)).findings.values()]
    .filter((finding) => isAstray(finding, full))
    .map(({ rule, subject }) => `${rule} of ${subject.id} without ${some.map(({ name }) => name).join(' and ')}`);
}

describe('a report of any account of which a section or two are unread', () => {
  it('tells nothing that the full report does not tell', () => {
    fc.assert(
      fc.property(accounts, fc.array(sections, { minLength: 4, maxLength: 4 }), (account, several) => {
        expect(several.flatMap((some) => toldBeyond(account, some))).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('is asked of accounts in which nearly every rule has something to tell', () => {
    const told = new Set(
      fc
        .sample(accounts, { numRuns: RUNS, seed: SEED })
        .flatMap((account) => [...toldOf(inventoryOfCase(account)).findings.values()].map(({ rule }) => rule)),
    );
    expect(told.size).toBeGreaterThanOrEqual(42);
  });
});
