import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Starts what the tests run against, once for all files, and looks for what they need of the machine. Two things, side by side:
 *
 * A Kubernetes control plane (kubernetes/control-plane.ts) where `npm run kube:build` has built its programs; it tells of
 * itself in KUBE_CONTROL_PLANE, and kubernetes/kube.ts is what tests use of it. Else KUBE_UNAVAILABLE says why not, and with
 * KUBE_REQUIRED=1 nothing runs at all.
 *
 * The AWS stand-in (moto and the additions of aws/moto_extensions): its address is in MOTO_ENDPOINT, its Python in
 * MOTO_PYTHON; aws/moto.ts is what tests use of it. Where no Python can run it, MOTO_UNAVAILABLE says why: the tests that need it are then shown as not run, and with CI=true nothing runs at all.
 *
 * The browser in which the page is tested is one of the machine: its program is in CHROMIUM. Where there is none, CHROMIUM_UNAVAILABLE says
 * so, and with CHROMIUM_REQUIRED=1 nothing runs at all.
 *
 * All in one file: jest loads this one before its module mapping works, so it cannot import its neighbors.
 */
export default async function globalSetup(globalConfig: { readonly rootDir: string }): Promise<void> {
  // The SDK's advice to whoever installs it says nothing about what is tested.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  findChromium();
  const [kube, moto] = await Promise.allSettled([startKube(globalConfig.rootDir), startMoto(globalConfig.rootDir)]);
  for (const one of [kube, moto]) if (one.status === 'rejected') throw one.reason as Error;
}

interface Started {
  motoServer?: ChildProcess;
  kubeControlPlane?: ChildProcess;
}

/** Names of programs that are Chromium, and the places in which they are where no PATH names them. */
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge', 'msedge'];
const CHROMIUM_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

function findChromium(): void {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = folders.flatMap((folder) => CHROMIUM_NAMES.map((name) => join(folder, name)));
  const found = [process.env['CHROMIUM'] ?? '', ...onPath, ...CHROMIUM_PLACES].find((file) => file !== '' && existsSync(file));
  if (found !== undefined) {
    process.env['CHROMIUM'] = found;
    return;
  }
  const reason =
    'There is no Chromium or Chrome on this machine: install one (on Debian, `apt-get install chromium`), or name its program in CHROMIUM.';
  if (process.env['CHROMIUM_REQUIRED'] === '1') throw new Error(`CHROMIUM_REQUIRED=1, and the page cannot be tested. ${reason}`);
  delete process.env['CHROMIUM'];
  process.env['CHROMIUM_UNAVAILABLE'] = reason;
}

async function startMoto(rootDir: string): Promise<void> {
  try {
    const python = findPython(rootDir);
    const { server, endpoint } = await start(python, rootDir);
    process.env['MOTO_ENDPOINT'] = endpoint;
    process.env['MOTO_PYTHON'] = python;
    (globalThis as Started).motoServer = server;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (process.env['CI'] === 'true') throw new Error(`The AWS stand-in of the tests is not there. ${reason}`, { cause: error });
    process.env['MOTO_UNAVAILABLE'] = reason;
  }
}

async function startKube(rootDir: string): Promise<void> {
  const look = spawnSync(process.execPath, [join(rootDir, 'scripts/kube-test-env/build.mjs'), '--look'], { encoding: 'utf8' });
  if (look.status !== 0) {
    const reason = `Its programs are not built: \`npm run kube:build\` does it, once, in some minutes.`;
    if (process.env['KUBE_REQUIRED'] === '1') throw new Error(`KUBE_REQUIRED=1, and there is no Kubernetes API server. ${reason}`);
    process.env['KUBE_UNAVAILABLE'] = reason;
    return;
  }
  const program = [join(rootDir, 'scripts/run.mjs'), join(rootDir, 'test/support/kubernetes/control-plane.ts'), look.stdout.trim()];
  const server = spawn(process.execPath, program, { cwd: rootDir, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    process.env['KUBE_CONTROL_PLANE'] = await firstLine(server, /^(\{.*\})$/, 2 * WITHIN_MS);
    (globalThis as Started).kubeControlPlane = server;
  } catch (error) {
    server.kill();
    throw new Error(`The Kubernetes control plane of the tests did not start: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    letGo(server);
  }
}

const WITHIN_MS = 60_000;
const NEEDED = ['flask', 'flask_cors', 'cfnlint', 'boto3'];

function requirementsFile(rootDir: string): string {
  return join(rootDir, 'test/support/aws/requirements.txt');
}

function pinnedMoto(rootDir: string): string {
  const version = /^moto\[server\]==(\S+)/m.exec(readFileSync(requirementsFile(rootDir), 'utf8'))?.[1];
  if (version === undefined) throw new Error('test/support/aws/requirements.txt pins no moto[server].');
  return version;
}

/** A Python that has the pinned moto: the machine's, else that of .venv, which is made where there is none. */
function findPython(rootDir: string): string {
  const inVenv = join(rootDir, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const version = pinnedMoto(rootDir);
  const ready = ['python3', 'python', inVenv].find((python) => hasMoto(python, version));
  if (ready !== undefined) return ready;
  const base = ['python3', 'python'].find((python) => spawnSync(python, ['--version']).status === 0);
  if (base === undefined) throw new Error('Neither python3 nor python is on the PATH: install Python 3.10 or newer.');
  process.stderr.write(`Installing moto ${version} into .venv, once (about a minute)…\n`);
  if (!existsSync(inVenv)) run(base, ['-m', 'venv', join(rootDir, '.venv')]);
  run(inVenv, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', requirementsFile(rootDir)]);
  return inVenv;
}

function hasMoto(python: string, version: string): boolean {
  const missing = `[n for n in ${JSON.stringify(NEEDED)} if find_spec(n) is None]`;
  const look = `from importlib.metadata import version; from importlib.util import find_spec; print(version("moto"), *${missing})`;
  const { status, stdout } = spawnSync(python, ['-c', look], { encoding: 'utf8' });
  return status === 0 && stdout.trim() === version;
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`"${command} ${args.join(' ')}" failed:\n${(stderr + stdout).slice(-2000)}`);
}

async function start(python: string, rootDir: string): Promise<{ server: ChildProcess; endpoint: string }> {
  const logFile = join(rootDir, '.cache', 'moto.log');
  mkdirSync(join(rootDir, '.cache'), { recursive: true });
  const log = openSync(logFile, 'w');
  const server = spawn(python, [join(rootDir, 'test/support/aws/moto_plus.py')], {
    stdio: ['pipe', 'pipe', log],
    // Real credentials or endpoints of the person who tests must not reach the stand-in's own clients.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PYTHONDONTWRITEBYTECODE: '1', AWS_EC2_METADATA_DISABLED: 'true' },
  });
  closeSync(log);
  try {
    return { server, endpoint: await firstLine(server, /^listening (http:\S+)$/, WITHIN_MS) };
  } catch (error) {
    server.kill();
    throw new Error(
      `moto did not start: ${error instanceof Error ? error.message : String(error)}\n${readFileSync(logFile, 'utf8').slice(-2000)}`,
    );
  } finally {
    letGo(server);
  }
}

/** Neither a server nor its pipes keep jest alive; each ends by itself when its standard input closes. */
function letGo(server: ChildProcess): void {
  server.unref();
  for (const pipe of [server.stdin, server.stdout]) (pipe as Socket | null)?.unref();
}

/** What the server says on the first line that fits: the part in brackets. */
function firstLine(server: ChildProcess, fitting: RegExp, withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${withinMs / 1000} s`)), withinMs);
    const ended = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    server.once('error', ended);
    server.once('exit', (code) => ended(new Error(`it ended with code ${String(code)}`)));
    if (server.stdout === null) {
      ended(new Error('it has no standard output'));
      return;
    }
    createInterface({ input: server.stdout }).on('line', (line) => {
      const said = fitting.exec(line)?.[1];
      if (said === undefined) return;
      clearTimeout(timer);
      resolve(said);
    });
  });
}
