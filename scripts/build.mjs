// Builds dist/: node scripts/build.mjs [cli | lambda | library | infra …], all of them where none is named.
import { chmodSync, cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { pageAssets } from './page.mjs';
import { sbomOf } from './sbom.mjs';
import { noticesOf } from './third-party-notices.mjs';

/** Bytes of what a page in a browser loads. */
const MOST_OF_POLICY = 25_000;

const product = JSON.parse(readFileSync('package.json', 'utf8'));

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

/**
 * What @kubernetes/client-node brings besides the kubeconfig that is read with it: its API classes do nothing when they are
 * loaded, which its package does not say, and node-fetch has a table of every Unicode letter for a URL class that Node has
 * itself. Together two thirds of what `why` would have to parse.
 */
const unusedOfKubernetesClient = {
  name: 'unused-of-kubernetes-client',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^whatwg-url$/ }, () => ({ path: 'whatwg-url', namespace: 'own-url' }));
    onLoad({ filter: /.*/, namespace: 'own-url' }, () => ({ contents: 'module.exports = { URL };', loader: 'js' }));
    onResolve({ filter: /^@kubernetes\/client-node$|^\.\.?\// }, async ({ path, pluginData, ...asked }) => {
      const isOfClient = path === '@kubernetes/client-node' || asked.importer.includes('/@kubernetes/client-node/');
      if (pluginData === 'asked' || !isOfClient) return null;
      const found = await resolve(path, { ...asked, pluginData: 'asked' });
      return found.errors.length > 0 ? found : { path: found.path, sideEffects: false };
    });
  },
};

/** Of its own package.json a client of the AWS SDK tells the version to AWS; all of it would be 3 kB in each bundle of each client. */
const versionOfPackage = {
  name: 'version-of-package',
  setup({ onLoad }) {
    onLoad({ filter: /\/@(?:aws-sdk|smithy)\/[^/]+\/package\.json$/ }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};

/**
 * A client of the AWS SDK takes its protocol from a file that lists them all, and what that file reaches is of every chunk that
 * asks it: that of S3 would be loaded at each start. So each asks the file that holds its own.
 */
const protocolAlone = {
  name: 'protocol-alone',
  setup({ onLoad, resolve }) {
    const list = '@aws-sdk/core/protocols';
    onLoad({ filter: /\/@aws-sdk\/.*\/(?:runtimeConfig\.shared|S3RestXmlProtocol)\.js$/ }, async ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const name = new RegExp(`import \\{ (\\w+) \\} from "${list}"`).exec(source)?.[1];
      if (name === undefined) return null;
      const all = await resolve(list, { resolveDir: dirname(path), kind: 'import-statement' });
      const file = new RegExp(`export \\{ ${name} \\} from "(.+)"`).exec(readFileSync(all.path, 'utf8'))?.[1];
      if (file === undefined) return null;
      return { contents: source.replace(`"${list}"`, JSON.stringify(join(dirname(all.path), file))), loader: 'js' };
    });
  },
};

/**
 * The ways to credentials that the function never goes: the Lambda service sets variables, which the SDK takes first. Each of them is
 * loaded on demand, and what they share with the start would be chunks of their own.
 */
const credentialsOfLambda = {
  name: 'credentials-of-lambda',
  setup({ onResolve, onLoad }) {
    onResolve(
      { filter: /^@aws-sdk\/credential-provider-(?:http|ini|login|process|sso|web-identity)$|^@smithy\/credential-provider-imds$/ },
      ({ path }) => ({
        path,
        namespace: 'not-of-lambda',
      }),
    );
    onLoad({ filter: /.*/, namespace: 'not-of-lambda' }, ({ path }) => ({
      contents: `const none = () => { throw new Error('Credentials of ${path} are not for the function.'); };
        export { none as fromContainerMetadata, none as fromHttp, none as fromIni, none as fromInstanceMetadata, none as fromProcess, none as fromSSO, none as fromTokenFile };`,
      loader: 'js',
    }));
  },
};

/** The program and the style of the page, in the module that asks for them: what is defined for all would be loaded at each start. */
const assetsOfPage = {
  name: 'assets-of-page',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]report[\\/]page[\\/]page-assets\.ts$/ }, async () => ({
      contents: `const assets = ${JSON.stringify(await pageAssets())}; export const builtAssets = () => assets;`,
      loader: 'js',
    }));
  },
};

/**
 * What makes the page, last in a run, has its own copy of what it needs. Of what it would share with the start, that would load as much
 * as the page alone asks for.
 */
const pageByItself = {
  name: 'page-by-itself',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/store-page\.js$/ }, () => ({ path: './store-page.mjs', external: true }));
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
  plugins: [requiredBuiltins, unusedOfKubernetesClient, versionOfPackage, protocolAlone, assetsOfPage],
  define: { 'globalThis.IRSA_AUDITOR_VERSION': JSON.stringify(product.version) },
  // Some dependencies are CommonJS and ask for Node's own modules by require().
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
};

/** Takes the definition of require() out of what has no use for it: of two dozen small chunks it is a part. */
function withoutRequire(file) {
  if (!/\.m?js$/.test(file)) return;
  const [before, after] = readFileSync(file, 'utf8').split(`${common.banner.js}\n`);
  if (after !== undefined && !/\brequire\b/.test(after)) writeFileSync(file, before + after);
}

/** What esbuild says of the bundles of a folder. */
const metafiles = {};

/** Bundles, each by itself, and puts the licenses of what is in the bundles beside them. */
async function build(folder, ...bundles) {
  const outputs = {};
  for (const options of bundles) Object.assign(outputs, (await esbuild({ ...common, ...options, metafile: true })).metafile.outputs);
  for (const file of Object.keys(outputs)) withoutRequire(file);
  writeFileSync(`${folder}/THIRD-PARTY-NOTICES.txt`, noticesOf({ outputs }));
  metafiles[folder] = { outputs };
}

/** The app and the construct bring nothing of others: what they ask for is of the app that deploys. */
const infra = { ...common, packages: 'external', plugins: [] };

const parts = {
  cli: async () => {
    const banner = { js: `#!/usr/bin/env node\n${common.banner.js}` };
    // What only some commands need is loaded by those.
    await build('dist/cli', {
      entryPoints: ['cli/bin.ts'],
      outdir: 'dist/cli',
      splitting: true,
      chunkNames: '[name]-[hash]',
      minify: true,
      banner,
    });
    // By its name it is known for a plugin, where links keep no name: on Windows and with pnpm a script starts the file itself.
    writeFileSync('dist/cli/kubectl-irsa_auditor.js', "#!/usr/bin/env node\nimport './bin.js';\n");
    for (const name of ['bin.js', 'kubectl-irsa_auditor.js']) chmodSync(`dist/cli/${name}`, 0o755);
    // What `explain` prints.
    for (const file of readdirSync('src/rules', { recursive: true }))
      if (basename(file) === 'page.md') cpSync(join('src/rules', file), `dist/cli/rules/${basename(dirname(file))}.md`);
  },
  // What the stack deploys.
  lambda: () => {
    const deployed = { outdir: 'dist/lambda', outExtension: { '.js': '.mjs' }, target: 'node24', minify: true };
    return build(
      'dist/lambda',
      {
        ...deployed,
        entryPoints: { index: 'lambda/handler.ts' },
        // What only some runs need is loaded by those.
        splitting: true,
        chunkNames: '[name]-[hash]',
        plugins: [...common.plugins, credentialsOfLambda, pageByItself],
      },
      { ...deployed, entryPoints: { 'store-page': 'lambda/store-page.ts' } },
    );
  },
  // The evaluator alone, for browsers too: a builtin of Node that it reached would end the build here.
  policy: async () => {
    const { bundle, format, legalComments, logLevel } = common;
    const options = { bundle, format, legalComments, logLevel, entryPoints: ['src/policy/index.ts'], outfile: 'dist/policy.js' };
    await esbuild({ ...options, platform: 'neutral', target: 'es2022', minify: true });
    const { size } = statSync('dist/policy.js');
    if (size > MOST_OF_POLICY) throw new Error(`dist/policy.js has ${size} bytes, and ${MOST_OF_POLICY} are the most that it may have.`);
  },
  library: () =>
    build('dist', {
      entryPoints: ['src/index.ts'],
      outdir: 'dist',
      // What reads AWS is loaded by whoever collects.
      splitting: true,
      chunkNames: 'library/[name]-[hash]',
      minifySyntax: true,
      minifyWhitespace: true,
    }),
  infra: async () => {
    await esbuild({ ...infra, entryPoints: ['infra/app.ts'], outfile: 'dist/infra/app.js' });
    // As CommonJS, like the CDK itself: of that apps of either kind import names, on every Node.
    await esbuild({
      ...infra,
      entryPoints: ['infra/irsa-auditor.ts'],
      outfile: 'dist/infra/irsa-auditor.cjs',
      format: 'cjs',
      banner: { js: "const __address = require('node:url').pathToFileURL(__filename).href;" },
      define: { ...common.define, 'import.meta.url': '__address' },
    });
  },
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}; choose of: ${Object.keys(parts).join(', ')}`);
if (named.length === 0) rmSync('dist', { recursive: true, force: true });
await Promise.all((named.length === 0 ? Object.keys(parts) : named).map((name) => parts[name]()));
// Of all of them, or it would be wrong.
if (named.length === 0) writeFileSync('dist/sbom.cdx.json', sbomOf(metafiles, product));
