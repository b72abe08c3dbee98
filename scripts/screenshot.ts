// Takes the pictures of the page in README.md and docs/page.md: npm run screenshot. Needs a Chromium, as the tests do.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { pageAssets } from '../bench/large-page.js';
import { auditInventory } from '../src/pipeline/pipeline.js';
import { pictureOf } from '../src/pipeline/picture.js';
import { pageData, renderPage } from '../src/report/page/page.js';
import { parseInventory } from '../src/saved/inventory-file.js';

const FOLDER = 'docs/images';
const VIEWS = [
  { name: 'page', fragment: '', height: 860 },
  { name: 'picture', fragment: '#tab=picture', height: 800 },
];

const inventory = parseInventory(readFileSync('examples/account.json', 'utf8'), 'examples/account.json');
// The time of the reading: the same account gives the same picture.
const report = auditInventory(inventory, { now: inventory.collectedAt });
const html = renderPage(pageData(report, { shell: 'posix', picture: pictureOf(inventory) }), pageAssets());
const folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-page-'));
const file = join(folder, 'report.html');
writeFileSync(file, html);
mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  for (const { name, fragment, height } of VIEWS) {
    const page = await browser.newPage({ viewport: { width: 1280, height }, colorScheme: 'light' });
    await page.goto(`${pathToFileURL(file).href}${fragment}`);
    await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
    console.log(`wrote ${join(FOLDER, `${name}.png`)}`);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
