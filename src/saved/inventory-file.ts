import { ErrorInLines } from './error-in-lines.js';
import { parseJson } from './json-file.js';
import { messageOf } from '../lib/error-in-words.js';
import { inertJson } from '../lib/escape-text.js';
import { membersOf } from '../lib/is-object.js';
import { inventorySchema, type Inventory } from '../model/inventory/inventory.js';

/** A saved inventory that cannot be used; the message says where and why, for a person. */
export class InventoryError extends ErrorInLines {
  override readonly name = 'InventoryError';
}

const MOST_SHOWN = 5;

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`), '$');
}

/** What makes an inventory a file: two-space JSON with a final line break, and nothing in it that acts in a terminal. */
export function printInventory(inventory: Inventory): string {
  return `${inertJson(JSON.stringify(inventory, null, 2))}\n`;
}

/**
 * Reads a saved inventory.
 * @param source what the message calls it, such as a file's name
 * @throws InventoryError when the text is not JSON, nested very deep or not an inventory, with the JSON paths of what is wrong
 */
export function parseInventory(text: string, source = 'the inventory'): Inventory {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new InventoryError(`${source} ${messageOf(error)}. Make one with: irsa-auditor collect > inventory.json`, { cause: error });
  }
  const read = inventorySchema.safeParse(value);
  if (read.success) return read.data;
  if ('findings' in membersOf(value))
    throw new InventoryError(
      `${source} is a report, not an inventory: show --report, diff and --baseline take one. irsa-auditor collect makes an inventory.`,
      { cause: read.error },
    );
  const issues = read.error.issues.map(({ path, message }) => `  ${pathOf(path)}: ${message}`);
  const more = issues.length > MOST_SHOWN ? [`  and ${issues.length - MOST_SHOWN} more`] : [];
  throw new InventoryError([`${source} is not an inventory of schema version 1:`, ...issues.slice(0, MOST_SHOWN), ...more], {
    cause: read.error,
  });
}
