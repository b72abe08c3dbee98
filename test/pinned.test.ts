import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Locked {
  readonly integrity?: string;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
}

describe('the lock file', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Readonly<Record<string, Locked>> };
  const locked = Object.entries(packages).filter(([path]) => path !== '');

  it('has a SHA-512 of every package that does not come inside another one', () => {
    const fetched = locked.filter(([, { inBundle }]) => inBundle !== true);
    expect(fetched.length).toBeGreaterThan(500);
    const loose = fetched.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity));
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('lets no package run a script at its installation but those that package.json lists', () => {
    const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { allowScripts: Readonly<Record<string, boolean>> };
    const running = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(running.filter((name) => !(name in allowScripts))).toEqual([]);
  });
});

describe.each(readdirSync('.github/workflows'))('the workflow %s', (file) => {
  const text = readFileSync(`.github/workflows/${file}`, 'utf8');

  it('takes actions by their commit', () => {
    const actions = [...text.matchAll(/\buses:\s*(\S+)/g)].map(([, action = '']) => action);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^[\w./-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  it('has a token that reads, and leaves none behind', () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    expect(text).not.toMatch(/^\s+[\w-]+: write\b/m);
    expect(text.match(/actions\/checkout@/g)?.length).toBe(text.match(/persist-credentials: false/g)?.length);
  });
});

it.each(['test/support/aws/requirements.txt', 'scripts/kube-test-env/requirements.txt'])('%s has a hash of every package', (file) => {
  const wanted = readFileSync(file, 'utf8')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[\w.-]+(?:\[.*\])?==/.test(line));
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.filter((line) => !line.includes('--hash=sha256:'))).toEqual([]);
});
