import { describe, expect, it } from '@jest/globals';
import { auditWith } from '../../src/engine/audit.js';
import type { CauseState } from '../../src/model/report/explanation.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { explainError } from '../../src/pipeline/explain-error.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { SECTIONS } from '../cases/unread-sections.js';

/** Texts of every kind, about nothing in particular and about a role. */
const TEXTS: readonly ((inventory: Inventory) => string)[] = [
  () => 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
  () => 'NoCredentialProviders: no valid providers in chain',
  () => 'EKS does not have permissions to assume the associated role',
  (inventory) => `Not authorized to perform sts:AssumeRoleWithWebIdentity on ${seen(inventory.roles)[0]?.arn ?? ''}`,
];

const statesOf = (text: string, inventory: Inventory): ReadonlyMap<string, CauseState> =>
  new Map(explainError(text, inventory).causes.map(({ id, state }) => [id, state]));

describe('with a section unread', () => {
  // One of seven, each with another text: every pair of a rule and a section is among them.
  const some = CASES.filter((_, index) => index % 7 === 0);

  it('nothing is refuted that the whole account does not refute, and nothing confirmed that it does not show', () => {
    const more: string[] = [];
    for (const [index, { name, inventory }] of some.entries()) {
      const text = TEXTS[index % TEXTS.length]!(inventory);
      const whole = statesOf(text, inventory);
      // What another finding tells in its place is there all the same.
      const { report, hidden } = auditWith(RULES, inventory);
      const shown = new Set([...report.findings, ...hidden].map(({ rule }) => rule));
      for (const section of SECTIONS) {
        const less = section.without(inventory);
        if (less === null) continue;
        for (const [id, state] of statesOf(text, less)) {
          if (state === 'refuted' && whole.get(id) !== 'refuted') more.push(`${name} without ${section.name}: ${id} is refuted`);
          if (state === 'confirmed' && whole.get(id) !== 'confirmed' && !shown.has(id))
            more.push(`${name} without ${section.name}: ${id} is confirmed`);
        }
      }
    }
    expect(more).toEqual([]);
  });
});
