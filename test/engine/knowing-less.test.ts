import { describe, expect, it } from '@jest/globals';
import { CASES } from '../cases/all-cases.js';
import { FoundPairs } from '../cases/found-pairs.js';
import { isAstray, toldOf } from '../cases/told-of.js';
import { SECTIONS } from '../cases/unread-sections.js';

/** Every pair of a rule and an unread section of which the report tells more than that of the whole account. */
function pairsFound(): FoundPairs {
  const found = new FoundPairs();
  for (const { name, inventory } of CASES) {
    const full = toldOf(inventory);
    for (const section of SECTIONS) {
      const less = section.without(inventory);
      if (less === null) continue;
      for (const finding of toldOf(less).findings.values()) if (isAstray(finding, full)) found.add(finding.rule, section.name, name);
    }
  }
  return found;
}

describe('a report of an account of which a section is unread', () => {
  it('tells nothing that the full report does not tell', () => {
    expect(pairsFound().beside({})).toEqual([]);
  });
});
