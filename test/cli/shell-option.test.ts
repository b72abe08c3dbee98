import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { terminalOf } from '../../cli/terminal/environment.js';
import { run } from '../../cli/run.js';
import { bucketInMemory } from '../support/bucket-in-memory.js';
import { captured } from './io-of-test.js';

const FILES = { 'account.json': readFileSync('examples/account.json', 'utf8') };
const WHY = ['why', '--cluster', 'shop-prod', '--namespace', 'data', 'sa/exporter'];

async function printed(argv: readonly string[], shell?: 'posix' | 'powershell'): Promise<string> {
  const { io, out } = captured({ files: FILES, ...(shell === undefined ? {} : { terminal: { shell } }) });
  await run([...argv, '--inventory', 'account.json'], io);
  return out();
}

const prompts = (text: string): ReadonlySet<string> => new Set(text.match(/^ {4}(?:\$|PS>) (?=\w)/gm));

describe.each([
  ['audit', ['audit']],
  ['why', WHY],
])('%s', (_, argv) => {
  it('prints commands for the shell that is named, else for that of the terminal', async () => {
    expect(prompts(await printed(argv))).toEqual(new Set(['    $ ']));
    expect(prompts(await printed([...argv, '--shell', 'powershell']))).toEqual(new Set(['    PS> ']));
    expect(prompts(await printed(argv, 'powershell'))).toEqual(new Set(['    PS> ']));
    expect(prompts(await printed([...argv, '--shell', 'posix'], 'powershell'))).toEqual(new Set(['    $ ']));
  });
});

describe('report', () => {
  it('prints commands for the shell that is named', async () => {
    const stored = await printed(['audit', '--format', 'json']);
    const { io, out } = captured({ bucket: bucketInMemory({ 'latest.json': stored }).open });
    await run(['report', '--bucket', 'reports', '--shell', 'powershell'], io);
    expect(prompts(out())).toEqual(new Set(['    PS> ']));
  });
});

it.each<[string, Record<string, string>, string]>([
  ['Linux', {}, 'posix'],
  ['Windows', { OS: 'Windows_NT' }, 'powershell'],
  ['Git Bash on Windows', { OS: 'Windows_NT', MSYSTEM: 'MINGW64' }, 'posix'],
  ['another shell on Windows', { OS: 'Windows_NT', SHELL: '/bin/bash' }, 'posix'],
])('the shell of a terminal on %s', (_, env, shell) => {
  expect(terminalOf({}, {}, env).shell).toBe(shell);
});
