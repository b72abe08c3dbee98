import { describe, expect, it } from '@jest/globals';
import { runRules } from '../../src/engine/run-rules.js';
import { deriveFacts } from '../../src/facts/facts.js';
import type { Inventory } from '../../src/model/inventory.js';
import type { Rule } from '../../src/rules/define-rule.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { FoundPairs, type Pairs } from '../cases/found-pairs.js';
import { SECTIONS, type Section } from '../cases/unread-sections.js';

/**
 * A rule says in `needs` and `uses` what it looks at; of everything else it must not matter whether it was read. Those that
 * look at more than they say, by what they do not say. This list only gets shorter: a rule that is mended is taken out.
 */
const KNOWN: Pairs = {
  'addon-role-missing': [
    'roles',
    'service accounts',
    'add-ons',
    'add-on details',
    'add-on wants',
    'node groups',
    'node group roles',
    'workloads',
  ],
  'annotation-key-misspelt': ['roles'],
  'annotation-malformed': ['roles', 'workloads'],
  'annotation-misplaced': ['roles'],
  'annotation-missing': ['namespaces'],
  'association-service-account-missing': ['namespaces', 'add-ons', 'add-on details', 'add-on wants'],
  'audience-mismatch': ['cluster details'],
  'condition-never-true': ['cluster lists', 'cluster details', 'service accounts'],
  'conditions-contradictory': ['cluster lists', 'cluster details', 'service accounts'],
  'deny-over-allow': ['cluster details'],
  'federated-provider-absent': ['cluster lists', 'cluster details', 'service accounts'],
  'operator-negated': ['cluster lists', 'cluster details', 'service accounts'],
  'operator-vacuous': ['cluster lists', 'cluster details', 'service accounts'],
  'permission-confused': ['managed policies'],
  'placeholder-left': ['cluster lists', 'cluster details', 'service accounts'],
  'pod-credentials-overridden': ['associations'],
  'pod-env-stale': ['associations', 'association roles'],
  'pod-identity-agent-missing': ['pod identity agent'],
  'pod-identity-agent-unhealthy': ['pod identity agent'],
  'pod-identity-and-irsa': ['workloads', 'providers', 'roles', 'namespaces'],
  'pod-not-injected': ['namespaces'],
  'pod-service-account-wrong': ['namespaces'],
  'principal-type-wrong': ['associations', 'cluster lists', 'cluster details', 'service accounts'],
  'provider-audience-missing': ['cluster details'],
  'provider-issuer-mismatch': ['service accounts'],
  'provider-missing': ['service accounts', 'associations'],
  'provider-orphaned': ['roles'],
  'service-account-missing': ['workloads', 'namespaces'],
  'subject-cluster-wide': ['cluster lists', 'cluster details', 'service accounts'],
  'subject-condition-missing': ['cluster lists', 'cluster details', 'service accounts'],
  'subject-malformed': ['cluster lists', 'cluster details', 'service accounts'],
  'subject-namespace-open': ['cluster lists', 'cluster details', 'service accounts'],
  'subject-namespace-wide': ['cluster lists', 'cluster details', 'service accounts'],
  'subject-wildcard-in-equals': ['cluster lists', 'cluster details', 'service accounts'],
  'trust-size-near-quota': ['quotas'],
};

/** What each rule, alone, sees in an account; rules are run together because none knows of another. */
function answers(rules: readonly Rule[], inventory: Inventory): ReadonlyMap<string, string> {
  const { sightings } = runRules(rules, deriveFacts(inventory));
  const byRule = new Map<string, unknown[]>(rules.map(({ id }) => [id, []]));
  for (const { rule, subject, raised, uncertain } of sightings) byRule.get(rule.id)?.push({ subject, raised, uncertain });
  return new Map([...byRule].map(([id, seen]) => [id, JSON.stringify(seen)]));
}

const says = ({ needs, uses }: Rule, { declaredAs }: Section): boolean =>
  declaredAs.some((need) => needs.includes(need) || uses.includes(need));

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

describe('a section that a rule does not declare', () => {
  const found = pairsFound();

  it('changes the answer of no rule, beside those known, where it is unread', () => {
    expect(found.beside(KNOWN)).toEqual([]);
  });

  it('is known for no rule whose answer does not change', () => {
    expect(found.missingFrom(KNOWN)).toEqual([]);
  });
});
