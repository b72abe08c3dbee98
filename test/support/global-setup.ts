import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Starts the AWS stand-in (moto and the additions of aws/moto_extensions) once for all test files and leaves its address
 * in MOTO_ENDPOINT, its Python in MOTO_PYTHON; aws/moto.ts is what tests use of it. Where no Python can run it,
 * MOTO_UNAVAILABLE says why: the tests that need it are then shown as not run, and with CI=true nothing runs at all.
 *
 * All in one file: jest loads this one before its module mapping works, so it cannot import its neighbours.
 */
export default async function globalSetup(globalConfig: { readonly rootDir: string }): Promise<void> {
  // The SDK's advice to whoever installs it says nothing about what is tested.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  try {
    const python = findPython(globalConfig.rootDir);
    const { server, endpoint } = await start(python, globalConfig.rootDir);
    process.env['MOTO_ENDPOINT'] = endpoint;
    process.env['MOTO_PYTHON'] = python;
    (globalThis as { motoServer?: ChildProcess }).motoServer = server;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (process.env['CI'] === 'true') throw new Error(`The AWS stand-in of the tests is not there. ${reason}`, { cause: error });
    process.env['MOTO_UNAVAILABLE'] = reason;
  }
}

const WITHIN_MS = 60_000;
const NEEDED = ['flask', 'flask_cors', 'cfnlint', 'boto3'];

function requirementsFile(rootDir: string): string {
  return join(rootDir, 'test/support/aws/requirements.txt');
}

function pinnedMoto(rootDir: string): string {
  const version = /^moto\[server\]==(\S+)$/m.exec(readFileSync(requirementsFile(rootDir), 'utf8'))?.[1];
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
  run(inVenv, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirementsFile(rootDir)]);
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
    return { server, endpoint: await listening(server) };
  } catch (error) {
    server.kill();
    throw new Error(
      `moto did not start: ${error instanceof Error ? error.message : String(error)}\n${readFileSync(logFile, 'utf8').slice(-2000)}`,
    );
  } finally {
    // Neither the server nor its pipes keep jest alive; it ends by itself when its standard input closes.
    server.unref();
    for (const pipe of [server.stdin, server.stdout]) (pipe as Socket).unref();
  }
}

function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${WITHIN_MS / 1000} s`)), WITHIN_MS);
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`it ended with code ${String(code)}`)));
    if (server.stdout === null) {
      reject(new Error('it has no standard output'));
      return;
    }
    createInterface({ input: server.stdout }).on('line', (line) => {
      const endpoint = /^listening (http:\S+)$/.exec(line)?.[1];
      if (endpoint === undefined) return;
      clearTimeout(timer);
      resolve(endpoint);
    });
  });
}
