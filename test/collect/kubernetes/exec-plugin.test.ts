import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { connectAs } from '../../../src/collect/kubernetes/api-server.js';
import type { Answer } from '../../../src/collect/kubernetes/ports.js';
import { ApiServerOfTest, page } from '../../support/kubernetes/api-server-of-test.js';
import { AUTHORITY, inBase64 } from '../../support/kubernetes/certificates.js';

const SECRET = 'k8s-aws-v1.aHVudGVyMg';
const CREDENTIAL = JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: SECRET } });

describe('the program of a kubeconfig that gets credentials', () => {
  let server: ApiServerOfTest;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plugin-'));
    server = await ApiServerOfTest.start(() => page([]));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await server.stop();
  });

  function config(program: string | { readonly exec: object } | { readonly authProvider: object }): KubeConfig {
    const user =
      typeof program === 'string'
        ? {
            exec: {
              apiVersion: 'client.authentication.k8s.io/v1',
              command: process.execPath,
              args: ['-e', program],
              env: [{ name: 'OWN', value: 'own' }],
            },
          }
        : program;
    const made = new KubeConfig();
    made.loadFromOptions({
      clusters: [{ name: 'prod', server: server.url, caData: inBase64(AUTHORITY), skipTLSVerify: false }],
      users: [{ name: 'me', ...user }],
      contexts: [{ name: 'mine', cluster: 'prod', user: 'me' }],
      currentContext: 'mine',
    });
    return made;
  }

  async function get(program: Parameters<typeof config>[0], pluginMs = 20_000): Promise<Answer> {
    const connection = connectAs(config(program), 10_000, pluginMs);
    try {
      return await connection.get('/api/v1/pods', new AbortController().signal);
    } finally {
      connection.close();
    }
  }
  const gone = async (pid: number): Promise<void> => {
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await nextTurn();
    }
  };
  /** Starts a child of its own, writes both of their numbers, and never ends. */
  const hanging = (): string =>
    `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
     require('fs').writeFileSync(${JSON.stringify(join(folder, 'new'))}, JSON.stringify([process.pid, child.pid]));
     require('fs').renameSync(${JSON.stringify(join(folder, 'new'))}, ${JSON.stringify(join(folder, 'pids'))});
     setInterval(() => {}, 1000);`;
  async function pids(): Promise<readonly number[]> {
    while (!existsSync(join(folder, 'pids'))) await nextTurn();
    return JSON.parse(readFileSync(join(folder, 'pids'), 'utf8')) as readonly number[];
  }

  it('is told what kubectl tells it, in the environment of its own, and gives the token', async () => {
    const credential = `{ status: { token: [process.env.OWN, process.env.PATH === undefined, JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec.interactive].join() } }`;
    await get(`process.stdout.write(JSON.stringify(${credential}))`);
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(['Bearer own,false,false']);
  });

  it('is not waited for when its time is over', async () => {
    await expect(get(hanging(), 20)).rejects.toMatchObject({
      reason: 'denied',
      detail: expect.stringMatching(/gave no credentials in 0.02 s.*`kubectl get --raw \/version --context mine`/),
    });
    expect(server.seen).toEqual([]);
  });

  it('is ended with its children where nobody wants the answer any more', async () => {
    const connection = connectAs(config(hanging()));
    const answer = connection.get('/api/v1/pods', new AbortController().signal).catch(() => null);
    const started = await pids();
    connection.close();
    for (const pid of started) await gone(pid);
    expect(await answer).toBeNull();
  });

  it.each<[string, Parameters<typeof config>[0], RegExp]>([
    ['prints something else', `process.stdout.write('${SECRET} is no JSON')`, /printed no ExecCredential/],
    ['prints half of it', `process.stdout.write(${JSON.stringify(CREDENTIAL.slice(0, -3))})`, /printed no ExecCredential/],
    ['prints no token', `process.stdout.write('{"status":{}}')`, /printed no ExecCredential/],
    ['fails', `process.stderr.write('${SECRET}'); process.exitCode = 7`, /ended with 7/],
    ['never stops printing', `setInterval(() => process.stdout.write('${SECRET}'.repeat(10_000)), 1)`, /printed no ExecCredential/],
    ['is not there', { exec: { command: '/nowhere/plugin' } }, /could not be started \(ENOENT\)/],
    ['has no name', { exec: { args: ['x'] } }, /names no program/],
    ['has to ask somebody', { exec: { command: process.execPath, interactiveMode: 'Always' } }, /has to ask somebody/],
    ['is of an auth provider', { authProvider: { name: 'gcp', config: { 'cmd-path': process.execPath } } }, /auth provider gcp/],
  ])('that %s makes the context unread, and nothing that it prints is told', async (_what, program, words) => {
    const error: unknown = await get(program).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ReadError', reason: 'denied', detail: expect.stringMatching(words) });
    expect(
      JSON.stringify(error, (_key, value: unknown) =>
        value instanceof Error ? { ...value, text: String(value), cause: value.cause } : value,
      ),
    ).not.toContain('aHVudGVy');
  });

  it('writes nothing to the terminal', () => {
    const script = join(folder, 'run.cjs');
    writeFileSync(script, `process.stderr.write('${SECRET}'); process.stdout.write(${JSON.stringify(CREDENTIAL)})`);
    const ran = spawnSync(process.execPath, ['scripts/run.mjs', 'test/collect/kubernetes/ask-once.ts', script], { encoding: 'utf8' });
    expect([ran.stderr, ran.stdout]).toEqual(['', 'asked\n']);
  });
});
