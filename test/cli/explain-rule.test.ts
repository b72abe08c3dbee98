import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { RULES } from '../../src/rules/index.js';
import { cliProcess } from './cli-process.js';
import { captured } from './io-of-test.js';

async function explain(...argv: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const { io, out, err } = captured();
  return { status: await run(['explain', ...argv], io), out: out(), err: err() };
}

describe('irsa-auditor explain RULE', () => {
  it('prints the page of the rule', async () => {
    const { status, out } = await explain('provider-audience-missing');
    expect(status).toBe(0);
    expect(out).toMatch(/^provider-audience-missing\n/);
    expect(out).toMatch(/^What it finds$/m);
  });

  it('takes a cause too, where one rule reports it', async () => {
    expect((await explain('trust-action-wrong')).out).toMatch(/^action-wrong\n/);
  });

  it('names the rules of a cause that several report', async () => {
    const { status, err } = await explain('trust-sub-mismatch');
    expect([status, err]).toEqual([
      2,
      'irsa-auditor: trust-sub-mismatch is a cause that several rules report: addon-subject-mismatch, subject-mismatch.\n',
    ]);
  });

  it.each([
    ['provider-audience-mising', 'Did you mean provider-audience-missing?'],
    ['Subject-Mismatch', 'Did you mean subject-mismatch?'],
    ['no-such-thing-at-all', 'irsa-auditor rules lists them.'],
  ])('helps who writes %s', async (id, words) => {
    const { status, err } = await explain(id);
    expect([status, err]).toEqual([2, expect.stringContaining(words)]);
  });

  it('prints the page as data', async () => {
    const { out } = await explain('action-wrong', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      rule: 'action-wrong',
      cause: 'trust-action-wrong',
      page: expect.stringMatching(/^# action-wrong\n/),
    });
  });

  it('has a page beside the program for every rule', async () => {
    for (const { id } of RULES.filter((_, index) => index % 20 === 0)) {
      const { status, out } = await cliProcess(['explain', id]);
      expect([status, out.split('\n')[0]]).toEqual([0, id]);
    }
  });
});
