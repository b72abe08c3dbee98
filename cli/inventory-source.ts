import { parseInventory } from '../src/inventory-file.js';
import type { Inventory } from '../src/model/inventory.js';
import { UsageError, type Io } from './io.js';
import { readAccount, type ReadingOptions } from './reading.js';

export interface InventorySource extends ReadingOptions {
  /** A saved inventory to take instead of reading the account. */
  readonly inventory?: string;
}

async function readText(path: string, io: Io): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (error) {
    throw new UsageError(`The inventory ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** The inventory that a command works on: a saved one where it is named, else the account's. */
export async function inventoryFrom(source: InventorySource, io: Io): Promise<Inventory> {
  if (source.inventory === undefined) return readAccount(source, io);
  if (source.region !== undefined) {
    throw new UsageError(
      '--region chooses what is read from AWS; a saved inventory (--inventory) was read already. Leave one of them out.',
    );
  }
  return parseInventory(await readText(source.inventory, io), source.inventory);
}
