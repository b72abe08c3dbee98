import { isObject } from '../src/lib/is-object.js';
import type { Report } from '../src/model/report.js';
import { renderJson } from '../src/report/json/v1.js';
import type { LastReport } from './last-report.js';

/** The report of the last audit, and the saved inventory that it is of; null = the account was read. */
export interface LastAudit {
  readonly report: Report;
  readonly inventory: string | null;
}

/** Keeps a report for `show`. @returns whether it is kept */
export async function remember({ report, inventory }: LastAudit, lastReport: LastReport): Promise<boolean> {
  const beside = inventory === null ? {} : { ofInventory: inventory };
  return lastReport.keep(renderJson({ ...report, ...beside }));
}

/** @returns null where nothing is remembered */
export async function recall(lastReport: LastReport): Promise<LastAudit | null> {
  const kept = await lastReport.read();
  if (kept === null) return null;
  const { parseOwnReport } = await import('../src/report-file.js');
  const report = parseOwnReport(kept, 'the report of the last audit');
  const value: unknown = JSON.parse(kept);
  const path = isObject(value) ? value['ofInventory'] : undefined;
  return { report, inventory: typeof path === 'string' ? path : null };
}
