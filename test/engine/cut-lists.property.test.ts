import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutLists } from '../cases/cut-lists.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { isAstray, toldOf } from '../cases/told-of.js';
import { accounts } from './made-up-account.js';

const RUNS = 80;
const SEED = 20261129;

/** What the reports of an account of which a list broke off tell beyond that of the whole account. */
function toldBeyond(account: Case, some: readonly number[]): readonly string[] {
  const inventory = inventoryOfCase(account);
  const full = toldOf(inventory);
  const cuts = cutLists(inventory);
  return some.flatMap((at) => {
    const cut = cuts[at % cuts.length];
    if (cut === undefined) return [];
    return [...toldOf(cut.inventory).findings.values()]
      .filter((one) => isAstray(one, full))
      .map(({ rule, subject }) => `${rule} of ${subject.id} <- ${cut.name}`);
  });
}

describe('a report of any account of which a list broke off', () => {
  it('tells nothing that the full report does not tell', () => {
    fc.assert(
      fc.property(accounts, fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), (account, some) => {
        expect(toldBeyond(account, some)).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
