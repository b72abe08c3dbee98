import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** A page in the browser, with all that it complained of and asked the network for. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

export interface Opening extends BrowserContextOptions {
  readonly fragment?: string;
  /** A program that runs before that of the page. */
  readonly before?: string;
}

/** Opens HTML as a file, as whoever got it by email does. */
export type Opener = (html: string, opening?: Opening) => Promise<OpenPage>;

async function opened(browser: Browser, address: string, { fragment = '', before, ...context }: Opening): Promise<OpenPage> {
  const complaints: string[] = [];
  const requests: string[] = [];
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', ...context });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  if (before !== undefined) await page.addInitScript(before);
  await page.goto(`${address}${fragment}`);
  return { page, complaints, requests };
}

/** `describe` where there is a browser; else the suite is shown as skipped with the reason, never passed. */
export function describeInBrowser(title: string, suite: (open: Opener) => void): void {
  const program = process.env['CHROMIUM'];
  const folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-page-'));
  let browser: Browser | null = null;
  const open: Opener = (html, opening = {}) => {
    if (browser === null) throw new Error('the browser did not start');
    const file = join(folder, 'report.html');
    writeFileSync(file, html);
    return opened(browser, pathToFileURL(file).href, opening);
  };
  const whole = (): void => {
    beforeAll(async () => {
      // A container runs its tests as root, whom Chromium gives no sandbox.
      browser = await chromium.launch({ executablePath: program ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
    });
    afterAll(async () => {
      await browser?.close();
    });
    suite(open);
  };
  if (program === undefined) describe.skip(`${title} [not run: ${process.env['CHROMIUM_UNAVAILABLE'] ?? ''}]`, whole);
  else describe(title, whole);
}
