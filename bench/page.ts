import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { atMost, median, told, type Figure } from './figures.js';
import { largePage } from './large-page.js';

const RUNS = 5;
const MOST_BYTES = 500;
const MOST_MS = 1_000;
/** A problem that can be opened, or the picture: what somebody waits for. */
const PARTS = { problems: ['', '.problem'], picture: ['#tab=picture', '.node'] } as const;

/** From the beginning of the navigation to the first frame in which a part is there and answers. */
async function openingOf(browser: Browser, address: string, [fragment, selector]: (typeof PARTS)[keyof typeof PARTS]): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${address}${fragment}`);
  await page.locator(selector).first().waitFor();
  const ms = await page.evaluate<number>('new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))');
  await page.close();
  return ms;
}

/** Size of the page, and how long a browser takes until it can be used: 1,000 roles and 2,000 findings. */
export async function pageInBrowser(): Promise<readonly Figure[]> {
  const size = (html: string): number => Buffer.byteLength(html) / 1000;
  const figures: Figure[] = [atMost('page of 1000 roles and 100 findings', size(largePage(1000, 100)), MOST_BYTES, 'kB')];
  const html = largePage(1000, 2000);
  figures.push(told('page of 1000 roles and 2000 findings', `${size(html).toFixed(0)} kB`));
  const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-page-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  const browser = await chromium.launch({ executablePath: program, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  try {
    for (const [name, part] of Object.entries(PARTS)) {
      const runs: number[] = [];
      while (runs.length < RUNS) runs.push(await openingOf(browser, pathToFileURL(file).href, part));
      figures.push(atMost(`${name} of it, until they can be used, ${browser.version()}`, median(runs), MOST_MS, 'ms'));
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
  return figures;
}
