import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { inertIo } from '../../cli/terminal/inert-io.js';
import { judgingOn, progressOn } from '../../cli/reading/progress.js';
import { run } from '../../cli/run.js';
import type { Progress } from '../../src/collect/reading/read-queue.js';
import { parseInventory } from '../../src/saved/inventory-file.js';
import { captured } from './io-of-test.js';

const EXAMPLE = readFileSync('examples/account.json', 'utf8');

/** A clock that a test sets. */
function world(live: boolean) {
  const clock = { ms: 0 };
  const { io, err } = captured({ terminal: { live }, now: () => clock.ms });
  /** What the line says in the end. */
  const line = (): string => err().split('\r\u001b[K').at(-1) ?? '';
  return { io: inertIo(io), clock, err, line };
}

describe('reading', () => {
  const CALLS: readonly (readonly [Progress['action'], string, Progress['state']])[] = [
    ['iam:GetAccountSummary', 'account', 'asked'],
    ['eks:ListClusters', 'eu-west-1', 'asked'],
    ['eks:ListClusters', 'us-east-1', 'asked'],
    ['eks:ListClusters', 'eu-west-1', 'ended'],
    ['eks:DescribeCluster', 'eu-west-1/a', 'asked'],
    ['eks:DescribeCluster', 'eu-west-1/b', 'asked'],
    ['eks:DescribeCluster', 'eu-west-1/a', 'ended'],
    ['kubernetes:ListPods', 'eu-west-1/a', 'asked'],
    ['eks:ListClusters', 'us-east-1', 'ended'],
    // Its second page.
    ['eks:ListClusters', 'us-east-1', 'asked'],
  ];

  function told(live: boolean) {
    const { io, clock, err, line } = world(live);
    const { tell, end } = progressOn(io);
    let [asked, done] = [0, 0];
    for (const [action, scope, state] of CALLS) {
      if (state === 'asked') asked += 1;
      else done += 1;
      clock.ms += 100;
      tell({ action, scope, state, asked, done });
    }
    const last = line();
    end('Read it.');
    return { last, err: err() };
  }

  it('says on a terminal how much is left of each', () =>
    expect(told(true).last).toBe('Reading: regions 1/2, clusters 1/2, pods of clusters 0/1, calls 3/7'));
  it('leaves no line behind, and elsewhere says nothing of it', () => {
    expect(told(true).err).toMatch(/\r\u001b\[KRead it\.\n$/);
    expect(told(false).err).toBe('Read it.\n');
  });
});

describe('judging', () => {
  const inventory = parseInventory(EXAMPLE, 'examples/account.json');

  it.each([
    [true, 999, ''],
    [true, 1000, '\r\u001b[KEvaluating 22 roles …\r\u001b[K'],
    [false, 9999, ''],
  ])('is told once where it takes a while, on a terminal: %j after %d ms', (live, ms, expected) => {
    const { io, clock, err } = world(live);
    const { stillTime, end } = judgingOn(inventory, () => ms < 5000, io);
    clock.ms = ms;
    expect([stillTime(), stillTime()]).toEqual([ms < 5000, ms < 5000]);
    end();
    expect(err()).toBe(expected);
  });

  it('is told by audit', async () => {
    let ms = 0;
    const { io, err } = captured({ files: { i: EXAMPLE }, terminal: { live: true }, now: () => (ms += 400) });
    await run(['audit', '--inventory', 'i'], io);
    expect(err()).toBe('\r\u001b[KEvaluating 22 roles …\r\u001b[K');
  });
});
