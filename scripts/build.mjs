// Builds dist/: the command line, the Lambda folder that the stack deploys, the library and the CDK app.
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync('dist', { recursive: true, force: true });

/**
 * An ES import of Node's http reads all of its properties; one of them, WebSocket, then loads undici: a third of the time
 * that the whole bundle takes to start. A require() reads what is asked for.
 */
const requiredBuiltins = {
  name: 'required-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?https?$/, namespace: 'file' }, ({ path }) => ({ path: path.replace('node:', ''), namespace: 'builtin' }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = require('node:${path}');`, loader: 'js' }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // The ES module builds of the AWS SDK leave out what is not used; the CommonJS ones, which esbuild takes by default, do not.
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [requiredBuiltins],
  define: { 'globalThis.IRSA_AUDITOR_VERSION': JSON.stringify(version) },
  // Some dependencies are CommonJS and ask for Node's own modules by require().
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
};

await Promise.all([
  build({
    ...common,
    entryPoints: ['cli/bin.ts'],
    outfile: 'dist/cli/bin.js',
    minify: true,
    banner: { js: `#!/usr/bin/env node\n${common.banner.js}` },
  }),
  build({
    ...common,
    entryPoints: { index: 'lambda/handler.ts' },
    outdir: 'dist/lambda',
    outExtension: { '.js': '.mjs' },
    target: 'node24',
    minify: true,
    splitting: false,
    metafile: true,
  }),
  build({ ...common, entryPoints: ['src/index.ts'], outfile: 'dist/index.js' }),
  build({ ...common, entryPoints: ['infra/app.ts', 'infra/irsa-auditor.ts'], outdir: 'dist/infra', packages: 'external', plugins: [] }),
]);
chmodSync('dist/cli/bin.js', 0o755);
