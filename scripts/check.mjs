// Everything that is held against the sources besides the tests: npm run check [step …]
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
const npx = (...args) => run('npx', '--no-install', ...args);

/** What `npm run generate` writes; the tree must hold it as it comes out. */
const GENERATED = ['README.md', 'src/rules', 'docs/rules', 'docs/permissions.md', 'docs/formats.md', 'docs/schema'];

const SUMMARY = 'coverage/coverage-summary.json';
const FLOOR = 95;

/** What of the lines and branches the tests did not reach, as sentences; empty where the floor is kept. */
function belowFloor() {
  const { total } = JSON.parse(readFileSync(SUMMARY, 'utf8'));
  return ['lines', 'branches']
    .filter((what) => total[what].pct < FLOOR)
    .map((what) => `coverage of ${what} is ${total[what].pct} %, the floor is ${FLOOR} %`);
}

/** Whether the tests measured what is here now: under CI `npm test` does, and running them all once more would tell nothing new. */
function isMeasured() {
  if (!existsSync(SUMMARY)) return false;
  const { mtimeMs } = statSync(SUMMARY);
  const files = execFileSync('git', ['ls-files', 'src', 'cli', 'lambda', 'infra', 'test'], { encoding: 'utf8' }).trim().split('\n');
  // One of a few tests alone is below the floor.
  return files.every((file) => existsSync(file) && statSync(file).mtimeMs < mtimeMs) && belowFloor().length === 0;
}

/** The text of each generated file, by its path. */
function generatedTexts() {
  const below = (path) => (statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => below(join(path, name))) : [path]);
  return new Map(
    GENERATED.filter(existsSync)
      .flatMap(below)
      .map((file) => [file, readFileSync(file, 'utf8')]),
  );
}

/** Programs that only read the sources: they run side by side. What the first two found of a file is kept until that changes. */
const PROGRAMS = {
  'types': ['tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', '.cache/check/types.json'],
  'types-of-page': ['tsc', '--noEmit', '--project', 'page', '--incremental', '--tsBuildInfoFile', '.cache/check/types-of-page.json'],
  'lint': ['eslint', '--cache', '--cache-strategy', 'content', '--cache-location', '.cache/check/lint.json', '.'],
  'format': ['prettier', '--check', '--log-level', 'warn', '.'],
  'laws': ['depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'cli', 'lambda', 'infra', 'page'],
  'dead-code': ['knip'],
};

/** Runs one of them, and resolves with what it printed. */
function begun(program) {
  const options = { shell: process.platform === 'win32', maxBuffer: Infinity, env: { ...process.env, FORCE_COLOR: '0' } };
  return new Promise((resolve) => {
    execFile('npx', ['--no-install', ...program], options, (error, stdout, stderr) =>
      resolve({ failed: error !== null, printed: stdout + stderr }),
    );
  });
}

/** What is done one after the other: each throws where it fails. */
const STEPS = {
  // The deployment test runs the bundles as a whole and tells nothing of lines: it is left out here and runs in `npm test`.
  coverage: () => {
    if (!isMeasured()) npx('jest', '--silent', '--coverage', '--testPathIgnorePatterns', 'test/integration/');
    const [missed] = belowFloor();
    if (missed !== undefined) throw new Error(missed);
  },
  // Last: it writes its files again, and to the coverage they would be newer than the tests.
  generated: () => {
    const before = generatedTexts();
    run('npm', 'run', '--silent', 'generate');
    const after = generatedTexts();
    const stale = [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));
    for (const [file, text] of before) if (after.get(file) !== text) writeFileSync(file, text);
    if (stale.length > 0) throw new Error(`these files are stale: run \`npm run generate\`\n${stale.join('\n')}`);
  },
};

function fail(name, why = '') {
  console.error(`check: ${name} failed${why}`);
  process.exit(1);
}

const wanted = process.argv.slice(2);
const isWanted = ([name]) => wanted.length === 0 || wanted.includes(name);
const programs = Object.entries(PROGRAMS)
  .filter(isWanted)
  .map(([name, program]) => [name, begun(program)]);
for (const [name, running] of programs) {
  const { failed, printed } = await running;
  console.log(`\n== check: ${name}\n${printed.trim()}`.trimEnd());
  if (failed) fail(name);
}
for (const [name, step] of Object.entries(STEPS).filter(isWanted)) {
  console.log(`\n== check: ${name}`);
  try {
    step();
  } catch (error) {
    fail(name, error.status === undefined ? `: ${error.message}` : '');
  }
}
console.log('\nAll checks passed.');
