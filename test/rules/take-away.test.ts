import { describe, expect, it } from '@jest/globals';
import { runRules } from '../../src/engine/run/run-rules.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import { CONFIDENCES, severityRank } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { Need } from '../../src/model/contract/sections.js';
import type { Rule } from '../../src/rules/contract/define-rule.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { FoundPairs, type Pairs } from '../cases/found-pairs.js';
import { SECTIONS, type UnreadableSection } from '../cases/unread-sections.js';

/**
 * A rule says in `needs` and `uses` what it looks at; of everything else it must not matter whether it was read. Those that
 * look at more than they say, by what they do not say. This list only gets shorter: a rule that is mended is taken out.
 */
const KNOWN: Pairs = {};

/** What each rule, alone, sees in an account; rules are run together because none knows of another. */
function answers(rules: readonly Rule[], inventory: Inventory): ReadonlyMap<string, string> {
  const { sightings } = runRules(rules, deriveFacts(inventory));
  const byRule = new Map<string, unknown[]>(rules.map(({ id }) => [id, []]));
  for (const { rule, subject, raised, uncertain } of sightings) byRule.get(rule.id)?.push({ subject, raised, uncertain });
  return new Map([...byRule].map(([id, seen]) => [id, JSON.stringify(seen)]));
}

const among = (declared: readonly Need[], { declaredAs }: UnreadableSection): boolean => declaredAs.some((need) => declared.includes(need));
const says = ({ needs, uses, looksAt = [] }: Rule, section: UnreadableSection): boolean => among([...needs, ...uses, ...looksAt], section);

/** How bad and how sure a rule is of each thing that it says of an account. */
function claims(
  rules: readonly Rule[],
  inventory: Inventory,
): ReadonlyMap<string, { readonly severity: number; readonly confidence: number }> {
  const { sightings } = runRules(rules, deriveFacts(inventory));
  return new Map(
    sightings.map(({ rule, subject, raised }) => [
      [rule.id, subject.id, raised.statement, raised.evidence[0]?.path].join(' '),
      {
        severity: severityRank(raised.severity ?? rule.severity),
        confidence: CONFIDENCES.indexOf(raised.confidence ?? rule.confidence),
      },
    ]),
  );
}

/** As bad as what may be slight and may be grave, for all that was read: a role of unknown use is weighed like that too. */
const MEDIUM = severityRank('medium');

/** Rules that say more where a section is unread that they look at thing by thing. */
function overstated(): readonly string[] {
  return CASES.flatMap(({ name, inventory }) => {
    const before = claims(RULES, inventory);
    return SECTIONS.flatMap((section) => {
      const less = section.without(inventory);
      if (less === null) return [];
      const rules = RULES.filter((rule) => among(rule.looksAt ?? [], section) && !among([...rule.needs, ...rule.uses], section));
      return [...claims(rules, less)].flatMap(([claim, { severity, confidence }]) => {
        const full = before.get(claim);
        return full !== undefined && severity <= Math.max(full.severity, MEDIUM) && confidence <= full.confidence
          ? []
          : [`${claim} without ${section.name} (${name})`];
      });
    });
  });
}

function pairsFound(): FoundPairs {
  const found = new FoundPairs();
  const silentOf = new Map(SECTIONS.map((section) => [section, RULES.filter((rule) => !says(rule, section))]));
  for (const { name, inventory } of CASES) {
    const before = answers(RULES, inventory);
    for (const [section, silent] of silentOf) {
      const less = section.without(inventory);
      if (less === null) continue;
      for (const [rule, answer] of answers(silent, less)) if (answer !== before.get(rule)) found.add(rule, section.name, name);
    }
  }
  return found;
}

describe('a section that a rule looks at thing by thing', () => {
  it('makes it say nothing new, nothing worse and nothing more surely where it is unread', () => {
    expect(overstated()).toEqual([]);
  });
});

describe('a section that a rule does not declare', () => {
  const found = pairsFound();

  it('changes the answer of no rule, beside those known, where it is unread', () => {
    expect(found.beside(KNOWN)).toEqual([]);
  });

  it('is known for no rule whose answer does not change', () => {
    expect(found.missingFrom(KNOWN)).toEqual([]);
  });
});
