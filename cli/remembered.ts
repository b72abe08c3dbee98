import { isObject, membersOf } from '../src/lib/is-object.js';
import type { Report } from '../src/model/report.js';
import { renderJson } from '../src/report/json/v1.js';
import { accessIn } from './aws-access.js';
import type { AwsAccess } from './io.js';
import type { LastReport } from './last-report.js';

/** How an account was read: as whom, and by which contexts of which kubeconfig. */
export interface ReadWith extends AwsAccess {
  readonly context?: readonly string[] | undefined;
  readonly kubeconfig?: string;
}

/** The report of the last audit, and the saved inventory that it is of; null = the account was read. */
export interface LastAudit {
  readonly report: Report;
  readonly inventory: string | null;
  readonly readWith: ReadWith;
}

/** How an account is read again: as was asked now, else as it was before. */
export function readAgain<S extends ReadWith>(asked: S, before: ReadWith): S {
  const { context, kubeconfig, ...access } = before;
  const isNamed = Object.keys(accessIn(asked)).length > 0;
  const isReached = asked.context !== undefined || asked.kubeconfig !== undefined;
  return {
    ...(isNamed ? {} : access),
    ...(isReached || context === undefined ? {} : { context }),
    ...(isReached || kubeconfig === undefined ? {} : { kubeconfig }),
    ...asked,
  };
}

/** What of the options says how the account is read again. */
export function readWithOf({ context, kubeconfig, ...access }: ReadWith): ReadWith {
  return {
    ...accessIn(access),
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

const TEXTS = ['profile', 'roleArn', 'externalId', 'roleSessionName', 'kubeconfig'] as const satisfies readonly (keyof ReadWith)[];

/** The same out of a file, which may be one of an older version. */
function readWithIn(value: unknown): ReadWith {
  const kept = membersOf(value);
  const { context } = kept;
  const contexts = Array.isArray(context) && context.every((one): one is string => typeof one === 'string') ? { context } : {};
  const texts = TEXTS.flatMap((name) => (typeof kept[name] === 'string' ? [[name, kept[name]] as const] : []));
  return { ...Object.fromEntries(texts), ...contexts };
}

/** Keeps a report for `show`. @returns whether it is kept */
export async function remember({ report, inventory, readWith }: LastAudit, lastReport: LastReport): Promise<boolean> {
  const beside = inventory === null ? { readWith } : { ofInventory: inventory };
  return lastReport.keep(renderJson({ ...report, ...beside }));
}

/** @returns null where nothing is remembered */
export async function recall(lastReport: LastReport): Promise<LastAudit | null> {
  const kept = await lastReport.read();
  if (kept === null) return null;
  const { parseOwnReport } = await import('../src/report-file.js');
  const report = parseOwnReport(kept, 'the report of the last audit');
  const value: unknown = JSON.parse(kept);
  const { ofInventory: path, readWith } = isObject(value) ? value : {};
  return { report, inventory: typeof path === 'string' ? path : null, readWith: readWithIn(readWith ?? {}) };
}
