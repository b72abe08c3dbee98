import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Inventory } from '../../src/model/inventory.js';
import { unknown } from '../../src/model/observed.js';
import { auditInventory } from '../../src/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const file = join(__dirname, '../cases/provider-orphaned/bad-cluster-is-gone.json');
const inventory = inventoryOfCase(JSON.parse(readFileSync(file, 'utf8')) as Case);

/** The repair of each provider that is told to be orphaned. */
const repairs = (of: Inventory) => auditInventory(of).findings.flatMap(({ rule, fix }) => (rule === 'provider-orphaned' ? [fix] : []));

describe('a provider of no cluster', () => {
  it('is deleted by a command where all roles were read', () => {
    expect(repairs(inventory).map((fix) => fix?.commands.length)).toEqual([1]);
  });

  it('has no command that deletes it where one that was used lately may be among roles that were not read', () => {
    expect(repairs({ ...inventory, roles: unknown('denied', 'not read') }).map((fix) => fix?.commands)).toEqual([[]]);
  });
});
