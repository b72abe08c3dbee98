import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { Settings } from '../../src/model/report/settings.js';
import { refuseAccess } from './aws-access.js';
import { UsageError, type Io } from '../terminal/io.js';
import { readText } from './read-text.js';
import { readAccount, type AccountReading } from './collect-options.js';

export interface InventorySource extends AccountReading {
  /** A saved inventory to take instead of reading the account. */
  readonly inventory?: string;
}

/**
 * The inventory that a command works on: a saved one where it is named, else the account's.
 * @param regions what the settings say is read, where `--region` says nothing
 */
export async function inventoryFrom(source: InventorySource, io: Io, regions: Settings['regions'] = 'all'): Promise<Inventory> {
  if (source.inventory === undefined) {
    const bySettings = source.region === undefined && regions !== 'all';
    return readAccount(bySettings ? { ...source, region: regions } : source, io);
  }
  refuseAccess(source);
  if (source.region !== undefined) {
    throw new UsageError(
      '--region chooses what is read from AWS; a saved inventory (--inventory) was read already. Leave one of them out.',
    );
  }
  if (source.kubernetes === true) {
    throw new UsageError(
      '--kubernetes chooses what is read; a saved inventory (--inventory) was read already. Give it to `collect`, or leave one of them out.',
    );
  }
  if (source.context !== undefined || source.kubeconfig !== undefined) {
    throw new UsageError(
      '--context chooses by which way clusters are read; a saved inventory (--inventory) was read already. Leave one of them out.',
    );
  }
  const { parseInventory } = await import('../../src/saved/inventory-file.js');
  return parseInventory(await readText('inventory', source.inventory, io), source.inventory);
}

/** `--inventory` as often as it was given. */
export interface GivenInventories {
  readonly inventory?: readonly string[];
}

/** Of these the account that is judged, and what is evidence of others. */
export function accountAndOthers<T extends GivenInventories>({
  inventory: files = [],
  ...rest
}: T): Omit<T, 'inventory'> & { readonly inventory?: string; readonly others: readonly string[] } {
  const [inventory, ...others] = files;
  return { ...rest, ...(inventory === undefined ? {} : { inventory }), others };
}

/** The saved inventories of other accounts. @throws UsageError where one is of the account that is judged */
export async function othersFrom(files: readonly string[], { account }: Inventory, io: Io): Promise<readonly Inventory[]> {
  if (files.length === 0) return [];
  const { parseInventory } = await import('../../src/saved/inventory-file.js');
  const others: Inventory[] = [];
  for (const file of files) {
    const other = parseInventory(await readText('inventory', file, io), file);
    if (other.account === account || others.some((one) => one.account === other.account))
      throw new UsageError(
        `${file} is an inventory of account ${other.account}, of which there is one already. The first --inventory is the account that is judged, each further one is of another account.`,
      );
    others.push(other);
  }
  return others;
}

/** The options that name the same inventories again. */
export function inventoryWords(inventory: string | undefined, others: readonly string[] = []): readonly string[] {
  return [...(inventory === undefined ? [] : [inventory]), ...others].flatMap((file) => ['--inventory', file]);
}
