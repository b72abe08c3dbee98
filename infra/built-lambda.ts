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

/**
 * How whoever deploys calls the command line, in the clone of this repository or in an app that has it as a dependency. Without
 * --no-install npx would fetch whatever the registry has under that name where it is in neither.
 */
export const PROGRAM = 'npx --no-install irsa-auditor';

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
