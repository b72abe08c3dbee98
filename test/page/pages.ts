import { readFileSync } from 'node:fs';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { Report } from '../../src/model/report/report.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { pictureOf } from '../../src/pipeline/picture.js';
import type { PageData } from '../../src/report/page/page-data.js';
import { pageData, renderPage } from '../../src/report/page/page.js';
import { parseInventory } from '../../src/saved/inventory-file.js';
import { pageAssets } from '../../bench/large-page.js';

export const NOW = '2026-11-01T06:00:00.000Z';

export const EXAMPLE: Inventory = parseInventory(readFileSync('examples/account.json', 'utf8'), 'examples/account.json');

/** What the page of an account holds. */
export function dataOf(inventory: Inventory): PageData {
  return pageData(auditInventory(inventory, { now: NOW }), { shell: 'posix', picture: pictureOf(inventory) });
}

let assets: ReturnType<typeof pageAssets> | null = null;

/** The page as one file, with the program as it is built. */
export function pageOf(data: PageData): string {
  assets ??= pageAssets();
  return renderPage(data, assets);
}

/** The page of a report alone. */
export const pageOfReport = (report: Report): string => pageOf(pageData(report, { shell: 'posix', picture: null }));
