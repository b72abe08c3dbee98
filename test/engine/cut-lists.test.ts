import { describe, expect, it } from '@jest/globals';
import { CASES } from '../cases/all-cases.js';
import { cutLists } from '../cases/cut-lists.js';
import { isAstray, toldOf } from '../cases/told-of.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';

/** What the reports of an account of which a list broke off tell beyond that of the whole account. */
function toldBeyond(inventory: Inventory): readonly string[] {
  const full = toldOf(inventory);
  return cutLists(inventory).flatMap(({ name, inventory: less }) =>
    [...toldOf(less).findings.values()]
      .filter((one) => isAstray(one, full))
      .map(({ rule, subject }) => `${rule} of ${subject.id} <- ${name}`),
  );
}

/** Of what did not arrive nobody knows that it is not there. */
describe('a report of an account of which a list broke off', () => {
  it('tells nothing that the full report of a case does not tell', () => {
    const found = CASES.flatMap(({ name, inventory }) => toldBeyond(inventory).map((one) => `${one}: ${name}`));
    expect(found).toEqual([]);
  });
});
