import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { captured } from './io-of-test.js';

const account = readFileSync('examples/account.json', 'utf8');
const INVENTORY = ['--inventory', 'account.json'];
const ESCAPE = '\u001b[';

async function printed(argv: readonly string[], color: boolean): Promise<string> {
  const terminal = { live: false, color, width: 80, rows: 24, links: false };
  const { io, out } = captured({ files: { 'account.json': account }, terminal });
  await run(argv, io);
  expect(out()).not.toBe('');
  return out();
}

describe('--color', () => {
  it.each([
    [['audit', ...INVENTORY]],
    [['who', 'checkout', ...INVENTORY]],
    [['roles', ...INVENTORY]],
    [['why', 'sa/search', '-n', 'shop', '--cluster', 'shop-prod', ...INVENTORY]],
    [['explain', 'subject-mismatch']],
    [['explain', 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity', ...INVENTORY]],
    [['demo']],
  ])('says more than the terminal: %j', async (argv) => {
    expect(await printed([...argv, '--color', 'always'], false)).toContain(ESCAPE);
    expect(await printed([...argv, '--color', 'never'], true)).not.toContain(ESCAPE);
    expect(await printed(argv, true)).toContain(ESCAPE);
    expect(await printed(argv, false)).not.toContain(ESCAPE);
  });
});
