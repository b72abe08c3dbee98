import { isObject, membersOf } from '../../src/lib/is-object.js';
import type { Report } from '../../src/model/report/report.js';
import { renderJson } from '../../src/report/json/v1.js';
import { accessIn } from './aws-access.js';
import type { AwsAccess } from '../terminal/io.js';
import type { LastReport } from '../terminal/last-report.js';

/** How an account was read: as whom, and by which contexts of which kubeconfig. */
export interface ReadWith extends AwsAccess {
  readonly context?: readonly string[] | undefined;
  readonly kubeconfig?: string;
  /** No cluster but those of the contexts was read from inside. */
  readonly thatContextOnly?: true;
}

/** The report of the last audit, and the saved inventories that it is of, the account's own first; none = the account was read. */
export interface LastAudit {
  readonly report: Report;
  readonly inventories: readonly string[];
  readonly readWith: ReadWith;
}

/** How an account is read again: as was asked now, else as it was before. */
export function readAgain<S extends ReadWith>(asked: S, before: ReadWith): S {
  const { context, kubeconfig, thatContextOnly, ...access } = before;
  const isNamed = Object.keys(accessIn(asked)).length > 0;
  const isReached = asked.context !== undefined || asked.kubeconfig !== undefined;
  return {
    ...(isNamed ? {} : access),
    ...(isReached || context === undefined ? {} : { context }),
    ...(isReached || kubeconfig === undefined ? {} : { kubeconfig }),
    ...(isReached || thatContextOnly === undefined ? {} : { thatContextOnly }),
    ...asked,
  };
}

/** What of the options says how the account is read again. */
export function readWithOf({ context, kubeconfig, thatContextOnly, ...access }: ReadWith): ReadWith {
  return {
    ...accessIn(access),
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(thatContextOnly === undefined ? {} : { thatContextOnly }),
  };
}

const TEXTS = ['profile', 'roleArn', 'externalId', 'roleSessionName', 'kubeconfig'] as const satisfies readonly (keyof ReadWith)[];

const areTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');

/** The same out of a file, which may be one of an older version. */
function readWithIn(value: unknown): ReadWith {
  const kept = membersOf(value);
  const { context, thatContextOnly } = kept;
  const contexts = areTexts(context) ? { context, ...(thatContextOnly === true ? { thatContextOnly } : {}) } : {};
  const texts = TEXTS.flatMap((name) => (typeof kept[name] === 'string' ? [[name, kept[name]] as const] : []));
  return { ...Object.fromEntries(texts), ...contexts };
}

/** Keeps a report for `show`. @returns whether it is kept */
export async function remember({ report, inventories, readWith }: LastAudit, lastReport: LastReport): Promise<boolean> {
  const beside = inventories.length === 0 ? { readWith } : { ofInventories: inventories };
  return lastReport.keep(renderJson({ ...report, ...beside }));
}

/** @returns null where nothing is remembered */
export async function recall(lastReport: LastReport): Promise<LastAudit | null> {
  const kept = await lastReport.read();
  if (kept === null) return null;
  const { parseOwnReport } = await import('../../src/saved/report-file.js');
  const report = parseOwnReport(kept, 'the report of the last audit');
  const value: unknown = JSON.parse(kept);
  const { ofInventories: paths, readWith } = isObject(value) ? value : {};
  return { report, inventories: areTexts(paths) ? paths : [], readWith: readWithIn(readWith ?? {}) };
}
