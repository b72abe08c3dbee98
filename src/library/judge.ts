import * as z from 'zod';
import { inert } from '../lib/escape-text.js';
import { InputError } from '../lib/input-error.js';
import type { Admissions } from '../model/report/admission.js';
import type { Explanation } from '../model/report/explanation.js';
import type { Inventory } from '../model/inventory/inventory.js';
import type { Report } from '../model/report/report.js';
import type { ReportDiff } from '../model/report/report-diff.js';
import { explainError as explainPlain, type AskedOf } from '../pipeline/explain-error.js';
import {
  auditInventory,
  compareReports,
  whoCanTakeRole as whoCanTake,
  whoCanTakeRoles as whoCanTakeAny,
  type AuditOptions,
  type BesideOption,
} from '../pipeline/pipeline.js';
import { demand, demandInventory, demandReport } from './demand.js';

const text = z.string();
const settings = z.looseObject({
  clusters: z.object({ include: z.array(text), exclude: z.array(text) }),
  suppressions: z.array(z.object({ rule: text, subject: text, reason: text, until: z.nullable(text) })),
  suppressByTag: z.boolean(),
});
const options = {
  now: z.iso.datetime().optional(),
  acceptUnread: z.array(z.object({ scope: text, reason: text })).optional(),
  settings: settings.optional(),
  others: z.array(z.unknown()).optional(),
  stillTime: z.unknown().optional(),
};
const OPTIONS = {
  schema: z.strictObject(options),
  name: 'The options object of audit',
  hint: 'docs/library.md has them.',
  known: Object.keys(options),
};

/**
 * Audits an inventory. The same inventory and options give the same report, to the byte.
 * @throws InputError where the inventory or an option is none
 */
export function audit(inventory: Inventory, given: AuditOptions & BesideOption = {}): Report {
  const checked = demandInventory(inventory);
  demand(given, OPTIONS);
  const others = (given.others ?? []).map((one, index) => demandInventory(one, `The inventory others[${index}]`));
  return auditInventory(checked, { ...given, others });
}

/** Who can assume every role that trusts web identities. @throws InputError */
export function whoCanTakeRoles(inventory: Inventory): Admissions {
  return whoCanTakeAny(demandInventory(inventory));
}

/** Who can assume one role, by ARN or name. @throws InputError, UnknownRoleError */
export function whoCanTakeRole(inventory: Inventory, wanted: string): Admissions {
  const checked = demandInventory(inventory);
  return whoCanTake(checked, demandText(wanted, 'The role', 'Its ARN or its name is wanted.'));
}

/**
 * What an error text of a pod, or an event of CloudTrail, means, and which of its causes an inventory confirms or refutes.
 * @param inventory null = no account is asked
 * @throws InputError
 */
export function explainError(error: string, inventory: Inventory | null = null, of: AskedOf = {}): Explanation {
  const hint = 'The text of the error is wanted, or the JSON of an event of CloudTrail as a text.';
  return explainPlain(demandText(error, 'The error', hint), inventory === null ? null : demandInventory(inventory), of);
}

/** What is new, worse, better or fixed between two reports of one account, by fingerprint; what was not read again is never fixed. @throws InputError */
export function diff(older: Report, newer: Report): ReportDiff {
  demandReport(older, 'The older report');
  demandReport(newer, 'The newer report');
  if (older.account !== newer.account)
    throw new InputError(
      `The reports are of two accounts: ${inert(older.account)} and ${inert(newer.account)}`,
      'Compare two reports of one account.',
      [{ path: 'account', problem: 'differs' }],
    );
  return compareReports(older, newer);
}

function demandText(value: unknown, name: string, hint: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InputError(`${name} is missing: ${value === '' ? 'an empty text' : String(value)} was given`, hint, [
    { path: '', problem: 'is no text' },
  ]);
}
