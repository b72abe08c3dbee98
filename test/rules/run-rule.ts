import { deriveFacts } from '../../src/facts/account/facts.js';
import type { Subject } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { gapsAt } from '../../src/engine/run/availability.js';
import type { Scope } from '../../src/model/contract/scope.js';
import type { Raised, Rule } from '../../src/rules/contract/define-rule.js';

export interface SeenSubject {
  readonly subject: Subject;
  readonly raised: Raised;
}

function scopesOf(rule: Rule, inventory: Inventory): Scope[] {
  if (rule.scope === 'account') return [{ kind: 'account' }];
  return inventory.regions.flatMap(({ region, clusters }): Scope[] =>
    rule.scope === 'region'
      ? [{ kind: 'region', region }]
      : clusters.known
        ? clusters.value.map(({ name }): Scope => ({ kind: 'cluster', region, cluster: name }))
        : [],
  );
}

/** What one rule alone sees in an inventory, in the scopes whose needs were read. */
export function runRule(rule: Rule, inventory: Inventory): SeenSubject[] {
  const facts = deriveFacts(inventory);
  return scopesOf(rule, inventory)
    .filter((scope) => rule.needs.every((need) => gapsAt(scope, inventory)(need).every(({ blocks }) => !blocks)))
    .flatMap((scope) => rule.subjects(facts, scope))
    .flatMap((entry) =>
      'unread' in entry ? [] : rule.evaluate(entry.of, facts).map((raised): SeenSubject => ({ subject: entry.subject, raised })),
    );
}
