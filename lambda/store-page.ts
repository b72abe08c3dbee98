import type { Bucket } from '../src/deliver/bucket.js';
import { BUCKET_KEYS } from '../src/deliver/names.js';
import type { Inventory } from '../src/model/inventory/inventory.js';
import type { Report } from '../src/model/report/report.js';
import { pictureOf } from '../src/pipeline/picture.js';
import { builtAssets } from '../src/report/page/page-assets.js';
import { pageData, renderPage } from '../src/report/page/page.js';

const CONTENT_TYPE = { contentType: 'text/html; charset=utf-8' };

/**
 * Puts the page of a report into the bucket, by its time and as the latest.
 * @param dated the key of the run's reports, without what ends it
 */
export async function storePage(report: Report, inventory: Inventory, bucket: Bucket, dated: string): Promise<void> {
  const page = renderPage(pageData(report, { shell: 'posix', picture: pictureOf(inventory) }), builtAssets());
  await bucket.put(`${dated}.html`, page, CONTENT_TYPE);
  await bucket.put(BUCKET_KEYS.latestHtml, page, CONTENT_TYPE);
}
