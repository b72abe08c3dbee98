// Builds what `npm pack` puts into the archive, in a clone where nothing was installed yet too.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const env = { ...process.env };
// A dry run is one of packing: what is listed has to be there.
delete env.npm_config_dry_run;
// What npm prints of the archive may be read by a program.
const npm = (...args) => execFileSync('npm', args, { stdio: ['ignore', 2, 2], env, shell: process.platform === 'win32' });

if (!existsSync('node_modules/esbuild')) npm('ci', '--no-audit', '--no-fund');
npm('run', '--silent', 'build');
