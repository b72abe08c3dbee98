import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { RULE_FOLDERS } from '../../scripts/rule-folders.js';
import { casesOf } from './cases-of-rules.js';
import { inventoryOfCase, type Case } from './inventory-of-case.js';

/** One case of a rule, or of the real ones, with the account that it describes. */
export interface NamedCase {
  readonly name: string;
  readonly inventory: Inventory;
}

const parsed = (text: string): Case => JSON.parse(text) as Case;

const ofRules = RULE_FOLDERS.flatMap(({ id }) => casesOf(id)).map(
  ({ rule, file, given }): NamedCase => ({ name: `${rule}/${file}`, inventory: inventoryOfCase(given) }),
);

const real = ['real-cases.jsonl', 'semantics-cases.jsonl', 'field-cases.jsonl']
  .flatMap((file) => readFileSync(join(__dirname, file), 'utf8').trim().split('\n'))
  .map((line): NamedCase => {
    const given = parsed(line);
    return { name: given.id ?? '', inventory: inventoryOfCase(given) };
  });

/** Every case, as far as it names an account whole. */
export const CASES: readonly NamedCase[] = [...ofRules, ...real];
