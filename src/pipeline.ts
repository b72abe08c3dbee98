import { auditWith, type AuditOptions } from './engine/audit.js';
import { unreadIn } from './engine/coverage.js';
import type { Inventory } from './model/inventory.js';
import type { Report } from './model/report.js';
import { RULES } from './rules/index.js';

export type { AuditOptions } from './engine/audit.js';

/** Audits an inventory with every rule of the product. Pure; see `auditWith`. */
export function auditInventory(inventory: Inventory, options: AuditOptions = {}): Report {
  return auditWith(RULES, inventory, options);
}

/** What `irsa-auditor rules` lists. */
export interface RuleSummary {
  readonly id: string;
  readonly cause: string;
  readonly severity: string;
  readonly confidence: string;
  readonly title: string;
  readonly why: string;
}

export function listRules(): readonly RuleSummary[] {
  return RULES.map(({ id, cause, severity, confidence, title, why }) => ({ id, cause, severity, confidence, title, why }));
}

/** How many reads of an inventory were asked for and not answered. */
export function unreadCount(inventory: Inventory): number {
  return unreadIn(inventory, []).length;
}
