import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const MAJOR = 24;
const CACHE = resolve('.cache/node24');

function isRuntime(node: string): boolean {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.startsWith(`v${String(MAJOR)}.`);
}

/**
 * A Node of the function's runtime: the one that runs the tests, or the npm package `node` in a cache folder. It is no
 * dependency, since node_modules/.bin/node would then stand before the machine's own Node in every npm script.
 */
export function lambdaNode(): string {
  if (isRuntime(process.execPath)) return process.execPath;
  const cached = resolve(CACHE, 'node_modules/node/bin/node');
  if (!existsSync(cached) || !isRuntime(cached)) install();
  if (isRuntime(cached)) return cached;
  throw new Error(
    `Node ${String(MAJOR)}, the function's runtime, could not be installed into ${CACHE}. ` +
      `"npm install --prefix .cache/node24 node@${String(MAJOR)}" says why.`,
  );
}

function install(): void {
  process.stderr.write(`Installing Node ${String(MAJOR)} into .cache/node24, once…\n`);
  const args = ['install', '--prefix', CACHE, '--no-audit', '--no-fund', `node@${String(MAJOR)}`];
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm could not install Node ${String(MAJOR)}, the function's runtime:\n${stderr.slice(-2000)}`);
}
