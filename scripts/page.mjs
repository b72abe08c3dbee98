// The program and the style of the page (page/), as the report embeds them: node scripts/page.mjs prints them as JSON.
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../page');

const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** Bundles one file of the page. Nothing in it may end the element that holds it. */
async function bundled(file, format) {
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, file)],
    bundle: true,
    write: false,
    minify: true,
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    tsconfig: join(FOLDER, 'tsconfig.json'),
    ...(format === undefined ? {} : { format }),
  });
  const text = outputFiles[0].text.trimEnd();
  if (/<\/|<!--/.test(text)) throw new Error(`${file} holds what could end an element: take it out of its texts`);
  return text;
}

/** What makes a page of data, with the hashes that its Content-Security-Policy names. */
export async function pageAssets() {
  const [script, style] = await Promise.all([bundled('main.ts', 'iife'), bundled('style.css')]);
  return { script, style, scriptHash: hashOf(script), styleHash: hashOf(style) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(JSON.stringify(await pageAssets()));
