import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The function's own runtime where the tests have put it, else the Node that runs this. */
export function runtime(): { readonly node: string; readonly version: string } {
  const cached = resolve('.cache/node24/node_modules/node/bin/node');
  const node = existsSync(cached) ? cached : process.execPath;
  return { node, version: spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim() };
}
