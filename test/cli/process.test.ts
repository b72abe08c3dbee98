import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import type { Report } from '../../src/model/report/report.js';
import { AccountUnderTest } from '../collect/account-under-test.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { cliProcess } from './cli-process.js';
import { captured } from './io-of-test.js';

const EXAMPLE = 'examples/account.json';
const INVENTORY = ['--inventory', EXAMPLE];
/** Larger than what a pipe holds. */
const LONG = ['audit', ...INVENTORY, '--format', 'json'];

describe('whoever reads may stop early', () => {
  it.each([
    ['with findings', LONG, 1],
    ['with findings at --fail-on alone', [...LONG, '--fail-on', 'critical'], 1],
    ['with gaps and no such finding', ['who', 'checkout', ...INVENTORY], 3],
    ['with nothing wrong', ['rules'], 0],
  ])('and the exit status stays: %s', async (_, argv, status) =>
    expect(await cliProcess(argv, { outIsClosed: true })).toEqual({ status, out: '', err: '' }),
  );
});

/** npm on Windows and pnpm everywhere install a script that has Node run the file of package.json, so its own name is all that tells. */
it('the file of the plugin knows that it is one', async () => {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly bin: Readonly<Record<string, string>> };
  const programs = await Promise.all(Object.entries(bin).map(async ([, program]) => (await cliProcess(['--help'], { program })).out));
  expect(programs.map((out) => /^Usage: (.*?) \[/.exec(out)?.[1])).toEqual(['irsa-auditor', 'kubectl irsa-auditor']);
});

it('a pipe gets all of it', async () => {
  const { status, out, err } = await cliProcess(LONG);
  const { generatedAt } = JSON.parse(out) as Report;
  const { io, out: expected } = captured({ files: { [EXAMPLE]: readFileSync(EXAMPLE, 'utf8') }, now: () => Date.parse(generatedAt) });
  await run(LONG, io);
  expect([status, err, out]).toEqual([1, '', expected()]);
  expect(out.length).toBeGreaterThan(2 ** 16);
});

/** A device of Linux on which there is never any room. */
const FULL = '/dev/full';
(existsSync(FULL) ? describe : describe.skip)(`a full disk [needs ${FULL}]`, () => {
  let full: number;
  beforeAll(() => {
    full = openSync(FULL, 'w');
  });
  afterAll(() => closeSync(full));

  it.each([[LONG], [['rules']], [['--help']], [['--version']]])('is told, with 4: %j', async (argv) =>
    expect(await cliProcess(argv, { stdio: ['ignore', full, 'pipe'] })).toMatchObject({
      status: 4,
      err: expect.stringMatching(/^irsa-auditor: The output could not be written: ENOSPC: no space left on device[^\n]*\n$/),
    }),
  );

  it.each<[string, readonly string[], number]>([
    ['usage error', ['audit', '--format', 'xml'], 2],
    ['unreadable input', ['audit', '--inventory', 'absent'], 2],
    ['no command', [], 2],
    ['findings', ['audit', ...INVENTORY], 1],
    ['gaps beside the clusters', ['rbac', '--principal', 'arn:aws:iam::418527603941:role/a', ...INVENTORY], 3],
  ])('of standard error leaves the exit status: %s', async (_, argv, status) =>
    expect((await cliProcess(argv, { stdio: ['ignore', 'pipe', full] })).status).toBe(status),
  );

  it('of both still ends with 4', async () => expect((await cliProcess(LONG, { stdio: ['ignore', full, full] })).status).toBe(4));
});

it('an error that nobody catches is a defect, 4, and not the 1 of findings', async () => {
  // Thrown as soon as the program is there that has to deal with it.
  const thrown = 'if (process.listenerCount("uncaughtException") > 0) throw new TypeError("bo\\u001bom\\nFORGED")';
  const later = `data:text/javascript,${encodeURIComponent(`setInterval(() => { ${thrown}; }, 1)`)}`;
  const never = ['audit', '--inventory', '/dev/stdin'];
  const { status, err } = await cliProcess(never, { nodeArgs: ['--import', later], stdio: ['pipe', 'pipe', 'pipe'] });
  expect([status, err]).toEqual([
    4,
    expect.stringMatching(/^irsa-auditor: an internal error[^\n]*\nTypeError: bo\\u001bom\\u000aFORGED\n( +at [^\n]*\n)+$/),
  ]);
});

describeOnMoto('a program of the kubeconfig that hangs', () => {
  let test: AccountUnderTest;
  const folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-'));
  const pid = join(folder, 'pid');
  beforeEach(async () => {
    test = await AccountUnderTest.make();
  });
  afterEach(async () => {
    try {
      process.kill(Number(readFileSync(pid, 'utf8')));
    } catch {
      // It was ended, and its parent has seen that: whether it has is a matter of time.
    }
    rmSync(folder, { recursive: true });
    await test.endpoint.stop();
  });

  it('holds up neither the report nor the end of the process', async () => {
    await test.account.cluster('eu-west-1', 'prod');
    const hangs = `require('node:fs').writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setInterval(() => {}, 1000);`;
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', hangs],
      interactiveMode: 'Never',
    };
    const name = `arn:aws:eks:eu-west-1:${test.account.id}:cluster/prod`;
    const config = {
      'apiVersion': 'v1',
      'kind': 'Config',
      'current-context': 'prod',
      'contexts': [{ name: 'prod', context: { cluster: name, user: 'me' } }],
      'clusters': [{ name, cluster: { server: 'https://127.0.0.1:1' } }],
      'users': [{ name: 'me', user: { exec } }],
    };
    const KUBECONFIG = join(folder, 'config');
    writeFileSync(KUBECONFIG, JSON.stringify(config));
    const argv = ['audit', '--context', 'prod', '--region', 'eu-west-1', '--timeout', '10', '--format', 'json'];
    const { status, out } = await cliProcess(argv, { env: { KUBECONFIG } });
    expect(status).toBe(1);
    expect((JSON.parse(out) as Report).coverage.unread).toContainEqual(expect.objectContaining({ scope: 'eu-west-1/prod' }));
    expect(existsSync(pid)).toBe(true);
  });
});
