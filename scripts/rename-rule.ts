import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { placesOf, renamedRule } from './renamed-rule.js';
import { RULE_FOLDERS } from './rule-folders.js';
import { RULE_ID } from './rule-names.js';

/** Renames a rule everywhere but in what is told of earlier versions: npm run rename-rule <old id> <new id> */
function refuse(why: string): never {
  console.error(`${why}\nUsage: npm run rename-rule <old id> <new id>`);
  process.exit(2);
}

const run = (command: string, ...args: readonly string[]): Buffer =>
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], shell: process.platform === 'win32', maxBuffer: Infinity });

const [from = '', to = ''] = process.argv.slice(2);
if (!RULE_FOLDERS.some(({ id }) => id === from)) refuse(`There is no rule "${from}".`);
if (!RULE_ID.test(to)) refuse(`"${to}" is no id of a rule: name the defect in two words or more of small letters, joined by hyphens.`);
// What is written and not yet added counts too.
const paths = run('git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard').toString().split('\0');
const files = new Map(paths.filter((path) => path !== '' && existsSync(path)).map((path) => [path, readFileSync(path, 'utf8')]));
const taken = placesOf(files, to);
if (taken.length > 0) refuse(`The name "${to}" is in use, and an id is never used again for something else:\n${taken.join('\n')}`);

const changed = renamedRule(files, from, to);
for (const [path, after] of changed) {
  mkdirSync(dirname(after.path), { recursive: true });
  if (after.path !== path) renameSync(path, after.path);
  if (after.text !== files.get(path)) writeFileSync(after.path, after.text);
}
// Of what was moved the empty folders stay behind.
const left = [...changed].flatMap(([path, after]) => (after.path === path ? [] : [dirname(path), dirname(dirname(path))]));
for (const folder of [...new Set(left)].sort((one, other) => other.length - one.length))
  if (readdirSync(folder).length === 0) rmdirSync(folder);
const sources = [...changed.values()].map(({ path }) => path).filter((path) => path.endsWith('.ts'));
run('npx', '--no-install', 'prettier', '--write', '--log-level', 'warn', ...sources);
run('npm', 'run', '--silent', 'generate');
console.log(
  `${from} is ${to} now, in ${changed.size} files. Fingerprints hold the id, and users' settings may: say so in CHANGELOG.md. Then: npm test && npm run check`,
);
