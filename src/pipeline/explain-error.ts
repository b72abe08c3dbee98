import { auditWith } from '../engine/audit.js';
import { gapsAt, scopesOf } from '../engine/run/availability.js';
import { explain } from '../explain/explain.js';
import type { AskedOf } from '../explain/mentions.js';
import type { Explanation } from '../model/report/explanation.js';
import type { Inventory } from '../model/inventory/inventory.js';
import type { NotEvaluated, Report } from '../model/report/report.js';
import { readsOf, sectionOf, type Need } from '../model/contract/sections.js';
import { RULES } from '../rules/index.js';

// Apart from the pipeline, which the deployed function has in its bundle: that explains no texts.

export type { AskedOf } from '../explain/mentions.js';

/** The reads that describe each thing of a section by itself. */
function descriptionsOf(need: Need): readonly string[] {
  return need === 'clusters' || need === 'every-cluster' ? [] : (sectionOf(need).details ?? []).map(({ read }) => read);
}

/**
 * What an error text of a pod, or an event of CloudTrail, means, and which of its causes an inventory confirms or refutes. Pure.
 * @param inventory null = no account is asked
 */
export function explainError(text: string, inventory: Inventory | null, of: AskedOf = {}): Explanation {
  return explainWith(text, inventory, of).explanation;
}

/** An explanation, and the audit that confirms and refutes; null = no account was asked. */
export interface ExplainedBy {
  readonly explanation: Explanation;
  readonly report: Report | null;
}

/** The same with what its words are made of. */
export function explainWith(text: string, inventory: Inventory | null, of: AskedOf): ExplainedBy {
  if (inventory === null) return { explanation: explain({ text, of, account: null }, RULES), report: null };
  const { report, hidden } = auditWith(RULES, inventory);
  const rules = new Map(RULES.map((rule) => [rule.id, rule]));
  const gapsOf = (id: string): readonly NotEvaluated[] => {
    const rule = rules.get(id);
    if (rule === undefined) return [];
    const needs = [...rule.needs, ...rule.uses, ...(rule.looksAt ?? [])];
    const reads = new Set([...needs.flatMap(readsOf), ...needs.flatMap(descriptionsOf)]);
    // Of a section that was read each thing may be described by a read of its own.
    const described = report.coverage.unread.filter(({ what }) => reads.has(what));
    return [...scopesOf(rule.scope, inventory).flatMap((scope) => needs.flatMap(gapsAt(scope, inventory))), ...described];
  };
  return { explanation: explain({ text, of, account: { inventory, report, hidden, gapsOf } }, RULES), report };
}
