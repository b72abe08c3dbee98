import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadedBy } from '../../bench/loaded-by.js';
import { ApiServerOfTest, page } from '../support/kubernetes/api-server-of-test.js';
import { AUTHORITY, inBase64 } from '../support/kubernetes/certificates.js';

const FOLDER = 'dist/lambda';
/** What bench/README.md allows. */
const MOST_BYTES = 800_000;
/** What a look into clusters adds: its client alone has 950,000 with its API classes and its table of Unicode. */
const MOST_BYTES_OF_KUBERNETES = 300_000;
/** Names that no minifier shortens, from the reads of a cluster and from the client that they use. */
const OF_KUBERNETES = ['mutatingwebhookconfigurations', 'loadFromClusterAndUser'];

const has = (file: string, ...words: readonly string[]): boolean => {
  const text = readFileSync(file, 'utf8');
  return words.some((word) => text.includes(word));
};

describe('the code that is deployed', () => {
  const atStart = [...loadedBy(join(FOLDER, 'index.mjs'))];
  const onDemand = readdirSync(FOLDER)
    .map((name) => join(FOLDER, name))
    .filter((file) => !atStart.includes(file));

  it('loads nothing of Kubernetes when it starts', () => expect(atStart.filter((file) => has(file, ...OF_KUBERNETES))).toEqual([]));

  it('has it in a chunk that is asked for by name, once', () => {
    for (const word of OF_KUBERNETES) expect(onDemand.filter((file) => has(file, word))).toHaveLength(1);
    const [chunk = ''] = onDemand.filter((file) => has(file, ...OF_KUBERNETES));
    const name = chunk.slice(FOLDER.length + 1);
    expect(name).toMatch(/^over-https-/);
    expect(atStart.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/import\("\.\/([^"]+)"\)/g)].map((one) => one[1]))).toContain(
      name,
    );
  });

  it('reads a cluster with that chunk, as it was built', async () => {
    const server = await ApiServerOfTest.start(() => page([{ metadata: { name: 'shop' } }]));
    const chunk = onDemand.find((file) => has(file, ...OF_KUBERNETES)) ?? '';
    const place = {
      region: 'eu-west-1',
      name: 'prod',
      detail: { known: true, value: { status: 'ACTIVE', endpoint: server.url, certificateAuthority: inBase64(AUTHORITY) } },
    };
    const program = `
      const { overHttps } = await import(${JSON.stringify(pathToFileURL(chunk).href)});
      const queue = { ask: (action, scope, call) => call(new AbortController().signal), now: () => 0 };
      process.stdout.write(JSON.stringify(await overHttps(async () => 'token', queue, ${JSON.stringify(place)})));`;
    try {
      const run = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
      expect(JSON.parse(await text(run.stdout))).toMatchObject({
        namespaces: { known: true, value: [{ name: 'shop', terminating: false }] },
      });
    } finally {
      await server.stop();
    }
  });

  it('holds no more of the Kubernetes client than reads a kubeconfig', () => {
    const chunks = ['dist/lambda', 'dist/cli'].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
    const ofKubernetes = chunks.filter((file) => /\.m?js$/.test(file) && has(file, 'loadFromClusterAndUser'));
    expect(ofKubernetes).toHaveLength(2);
    expect(ofKubernetes.filter((file) => statSync(file).size > MOST_BYTES_OF_KUBERNETES)).toEqual([]);
  });

  it('stays small at its start', () => expect(atStart.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(MOST_BYTES));
});
