import { AccessRefusedError, grantAccess, type Granted } from '../../src/pipeline/grant-access.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { Report } from '../../src/model/report/report.js';
import { NoSuchProblemError } from '../../src/report/parts/find-problem.js';
import { inventoryFrom, inventoryWords, othersFrom, type InventorySource } from './inventory-source.js';
import { programName, UsageError, type Io } from '../terminal/io.js';
import { lineToCopy } from '../terminal/line-to-copy.js';

/** Whom a person allows, and where what there is of the account is read. */
export interface GrantQuestion extends InventorySource {
  /** The problem: a fingerprint, a number among those of the inventory, or what it is about. */
  readonly problem: string;
  readonly subject: string;
  readonly cluster?: string;
  /** Saved inventories of other accounts; absent = none. */
  readonly others?: readonly string[];
}

/** An account is read again as it was for a report: those regions, and inside the clusters where that was done. */
function asBefore(question: GrantQuestion, last: Report | null): GrantQuestion {
  if (question.inventory !== undefined || last === null) return question;
  const { regions, serviceAccounts } = last.coverage;
  const inside = question.context === undefined && serviceAccounts !== null ? { kubernetes: true } : {};
  return { ...(regions.length > 0 ? { region: regions } : {}), ...inside, ...question };
}

function sameAccount({ account }: Inventory, last: Report | null): void {
  if (last !== null && last.account !== account)
    throw new UsageError(
      `The report is of account ${last.account}, and account ${account} was read: name whose credentials to use with --profile or --role-arn.`,
    );
}

/**
 * Allows one service account in one problem, by what is read now.
 * @param last the report in which the problem was found; null = none is known
 * @throws UsageError where nobody can be allowed so; it says what is in the way
 */
export async function granted(question: GrantQuestion, last: Report | null, io: Io): Promise<Granted> {
  const { problem, subject, cluster, others: files = [], ...source } = asBefore(question, last);
  const inventory = await inventoryFrom(source, io);
  sameAccount(inventory, last);
  const others = await othersFrom(files, inventory, io);
  const now = new Date(io.now()).toISOString();
  try {
    return grantAccess(inventory, { problem, subject, ...(cluster === undefined ? {} : { cluster }) }, { now, others });
  } catch (error) {
    if (error instanceof NoSuchProblemError) throw new UsageError(error.message, { cause: error });
    if (!(error instanceof AccessRefusedError)) throw error;
    const { first } = error;
    const where = inventoryWords(source.inventory, files);
    // What was read now is not remembered: what the last report does not have is found by auditing again.
    const isShown = source.inventory !== undefined || last?.findings.some(({ fingerprint }) => fingerprint === first?.fingerprint) === true;
    const next = first === null ? null : isShown ? lineToCopy(['show', first.fingerprint.slice(0, 12)], where) : 'audit';
    throw new UsageError(`${error.message}${next === null ? '' : ` Next: ${programName(io)} ${next}`}`, { cause: error });
  }
}
