import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SettingError } from './setting-error.js';

/** The package's own folder, found from wherever this file runs: the sources under test, or the bundle in dist/infra. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new SettingError('irsa-auditor was taken out of its package: no package.json is above the construct.');
    folder = parent;
  }
  return folder;
}

/** How the command line is called by whoever deploys: as a dependency it is a program of their app, else a file of this repository. */
export function programCommand(root: string = packageFolder()): string {
  return /[\\/]node_modules[\\/]/.test(root) ? 'npx irsa-auditor' : 'node dist/cli/bin.js';
}

/**
 * The folder that becomes the function's code. The stack deploys what was built and tested, so it builds nothing itself.
 *
 * @throws where nothing was built yet
 */
export function builtLambda(root: string = packageFolder()): string {
  const folder = join(root, 'dist', 'lambda');
  if (existsSync(join(folder, 'index.mjs'))) return folder;
  throw new SettingError(
    `The function has not been built: ${join(folder, 'index.mjs')} does not exist. Run "npm run build" in ${root} first.`,
  );
}
