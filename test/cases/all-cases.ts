import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { inventoryOfCase, type Case } from './inventory-of-case.js';

/** One case of `test/cases`, or of the real ones, with the account that it describes. */
export interface NamedCase {
  readonly name: string;
  readonly inventory: Inventory;
}

const parsed = (text: string): Case => JSON.parse(text) as Case;

const ofRules = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: rule }) =>
    readdirSync(join(__dirname, rule)).map((file): NamedCase => {
      const given = parsed(readFileSync(join(__dirname, rule, file), 'utf8'));
      return { name: `${rule}/${file}`, inventory: inventoryOfCase(given) };
    }),
  );

const real = ['real-cases.jsonl', 'semantics-cases.jsonl', 'field-cases.jsonl']
  .flatMap((file) => readFileSync(join(__dirname, file), 'utf8').trim().split('\n'))
  .map((line): NamedCase => {
    const given = parsed(line);
    return { name: given.id ?? '', inventory: inventoryOfCase(given) };
  });

/** Every case, as far as it names an account whole. */
export const CASES: readonly NamedCase[] = [...ofRules, ...real];
