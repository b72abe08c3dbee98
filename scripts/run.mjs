// Runs a TypeScript script of this repository: node scripts/run.mjs FILE [arguments]
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [file, ...rest] = process.argv.slice(2);
const folder = mkdtempSync(join('node_modules', '.run-'));
const outfile = resolve(folder, 'script.mjs');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await build({
  entryPoints: [file],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
  define: { 'globalThis.IRSA_AUDITOR_VERSION': '"dev"' },
});
process.argv = [process.argv[0], file, ...rest];
await import(pathToFileURL(outfile).href);
