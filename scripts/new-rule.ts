import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LINKS } from '../src/model/contract/chain-links.js';
import { RULE_FOLDERS } from './rule-folders.js';
import { RULE_ID } from './rule-names.js';
import { skeletonOf } from './rule-skeleton.js';

/** Writes the folder of a new rule, whose tests say what is left to do: npm run new-rule <family> <id> "<link>" */
function refuse(why: string): never {
  console.error(`${why}\nUsage: npm run new-rule <family> <id> "<link>", such as: npm run new-rule trust audience-mismatch audience`);
  process.exit(2);
}

const [family = '', id = '', wanted = ''] = process.argv.slice(2);
const families = [...new Set(RULE_FOLDERS.map((folder) => folder.family))].sort();
if (!families.includes(family)) refuse(`There is no family of rules "${family}": choose one of ${families.join(', ')}.`);
if (!RULE_ID.test(id)) refuse(`"${id}" is no id of a rule: name the defect in two words or more of small letters, joined by hyphens.`);
const there = RULE_FOLDERS.find((folder) => folder.id === id);
if (there !== undefined) refuse(`${there.path} is there already.`);
const link = LINKS.find((one) => one === wanted);
if (link === undefined)
  refuse(
    `${wanted === '' ? 'Say of which link of the chain it speaks' : `The chain has no link "${wanted}"`}: of two findings about one thing the earlier link speaks. Choose one of, earliest first:\n${LINKS.map((one) => `  ${one}`).join('\n')}`,
  );

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const files = skeletonOf({ family, id, link, since: version });
for (const [path, text] of files) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
execFileSync('npm', ['run', '--silent', 'generate'], { stdio: 'inherit', shell: process.platform === 'win32' });
console.log(`${[...files.keys()].join('\n')}\nWhat is left to do says: npx jest test/catalogue.test.ts -t ${id}`);
