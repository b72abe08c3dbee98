import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';

const notices = (folder: string): string => readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');

describe('beside each bundle stand the licenses of what is in it', () => {
  it.each([
    ['dist/lambda', ['@aws-sdk/client-iam', '@aws-lambda-powertools/logger', '@kubernetes/client-node', 'yaml', 'zod']],
    ['dist/cli', ['@aws-sdk/client-iam', '@kubernetes/client-node', 'commander', 'yaml', 'zod']],
    ['dist', ['zod']],
  ])('%s names its packages with version and license', (folder, packages) => {
    const text = notices(folder);
    for (const name of packages) {
      const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as Record<string, string>;
      expect(text).toContain(`\n${name} ${String(version)} (${String(license)})\n`);
    }
  });

  it('has the texts, each once, and is small', () => {
    const text = notices('dist/lambda');
    expect(text).toContain('Permission to use, copy, modify, and/or distribute this software');
    expect(text.match(/Copyright 2018-2\d{3} Amazon\.com/g)?.length ?? 0).toBeLessThan(5);
    expect(statSync('dist/lambda/THIRD-PARTY-NOTICES.txt').size).toBeLessThan(150_000);
  });

  it('names nothing that is not in it', () => {
    expect(notices('dist/lambda')).not.toMatch(/^commander /m);
    expect(notices('dist/lambda')).not.toMatch(/^(jest|esbuild|aws-cdk)/m);
  });
});

describe('a package in a bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-notices-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Node runs the script as the build does: jest would make CommonJS of it. */
  function noticesWith(license: object): { readonly text: string; readonly error: string } {
    const root = join(folder, 'node_modules', '@some', 'thing');
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'package.json'), JSON.stringify({ name: '@some/thing', version: '1.2.3', ...license }));
    writeFileSync(join(root, 'LICENSE.md'), 'Do what you like.\r\n');
    const inputs = { 'node_modules/@some/thing/lib/index.js': { bytesInOutput: 5 }, 'node_modules/not/there.js': { bytesInOutput: 0 } };
    const script = `import { noticesOf } from ${JSON.stringify(pathToFileURL(resolve('scripts/third-party-notices.mjs')).href)};
      process.stdout.write(noticesOf(${JSON.stringify({ outputs: { 'out.js': { inputs } } })}));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' });
    return { text: stdout, error: stderr };
  }

  it.each([
    [{ license: 'MIT' }, 'MIT'],
    [{ license: '(GPL-3.0 OR MIT)' }, '(GPL-3.0 OR MIT)'],
    [{ licenses: [{ type: 'BSD-2-Clause' }] }, 'BSD-2-Clause'],
  ])('of %j is named with its text', (license, shown) => {
    const { text, error } = noticesWith(license);
    expect(error).toBe('');
    expect(text).toContain(`@some/thing 1.2.3 (${shown})\n\nDo what you like.\n`);
    expect(text).not.toContain('there.js');
  });

  it.each([[{ license: 'GPL-3.0' }], [{ license: 'MIT AND AGPL-3.0-only' }], [{ license: 'SEE LICENSE IN LICENSE.md' }], [{}]])(
    'of %j ends the build',
    (license) => expect(noticesWith(license).error).toMatch(/@some\/thing 1\.2\.3 is under .*take another package/),
  );
});
