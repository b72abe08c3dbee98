import { admissionsOf } from './engine/admissions.js';
import { auditWith, type AuditOptions } from './engine/audit.js';
import { changesSince, type Changes } from './engine/changes.js';
import { unreadIn } from './engine/coverage.js';
import { nearest } from './facts/nearest.js';
import type { Admissions } from './model/admission.js';
import type { Inventory } from './model/inventory.js';
import { whatArrived } from './model/observed.js';
import type { Report } from './model/report.js';
import type { Settings } from './model/settings.js';
import type { State } from './model/state.js';
import { RULES } from './rules/index.js';

export type { AuditOptions } from './engine/audit.js';

/** Audits an inventory with every rule of the product. Pure; see `auditWith`. */
export function auditInventory(inventory: Inventory, options: AuditOptions = {}): Report {
  return auditWith(RULES, inventory, options).report;
}

/**
 * Audits an inventory and compares it with the memory of the runs before. Pure.
 * @param previous null = a first run
 */
export function auditSince(previous: State | null, inventory: Inventory, settings: Settings, now: string): Changes {
  const audit = auditWith(RULES, inventory, { now, acceptUnread: settings.acceptUnread, settings });
  return changesSince(previous, audit, RULES, settings);
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

/** Who can take every role that trusts web identities. Pure. */
export function whoCanTakeRoles(inventory: Inventory): Admissions {
  return admissionsOf(inventory);
}

/** A role that an inventory does not hold; the message says what comes nearest. */
export class UnknownRoleError extends Error {
  override readonly name = 'UnknownRoleError';
}

const SLIP = 3;

/** Who can take one role, by ARN or name. @throws UnknownRoleError */
export function whoCanTakeRole(inventory: Inventory, wanted: string): Admissions {
  const roles = whatArrived(inventory.roles);
  const role = roles.find(({ arn, name }) => arn === wanted || name === wanted);
  if (role !== undefined) return admissionsOf(inventory, role.arn);
  const names = roles.map(({ arn, name }) => (wanted.startsWith('arn:') ? arn : name));
  const near = nearest(wanted, names, SLIP);
  const unread = inventory.roles.known ? '' : ' Not all roles of the account could be read.';
  throw new UnknownRoleError(
    `There is no role ${JSON.stringify(wanted)} in account ${inventory.account}.${near === null ? '' : ` Did you mean ${near}?`}${unread}`,
  );
}

/** How many reads of an inventory were asked for and not answered. */
export function unreadCount(inventory: Inventory): number {
  return unreadIn(inventory, []).length;
}
