import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { Report } from '../../src/model/report/report.js';
import { pictureOf } from '../../src/pipeline/picture.js';
import { pageData, renderPage } from '../../src/report/page/page.js';
import { builtAssets } from '../../src/report/page/page-assets.js';
import type { Shell } from '../../src/report/parts/command-lines.js';

/** A report as one file for a browser. */
export function htmlPage(report: Report, inventory: Inventory | null, shell: Shell): string {
  return renderPage(pageData(report, { shell, picture: inventory === null ? null : pictureOf(inventory) }), builtAssets());
}
