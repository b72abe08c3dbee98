import type { Inventory } from '../src/model/inventory.js';
import type { Settings } from '../src/model/settings.js';
import { refuseAccess } from './aws-access.js';
import { UsageError, type Io } from './io.js';
import { readText } from './read-text.js';
import { readAccount, type AccountReading } from './reading.js';

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
  const { parseInventory } = await import('../src/inventory-file.js');
  return parseInventory(await readText('inventory', source.inventory, io), source.inventory);
}
