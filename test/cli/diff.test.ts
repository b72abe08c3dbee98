import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { unlessStopped } from '../../cli/terminal/stopped.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import { renderJson } from '../../src/report/json/v1.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { aFinding, aReport } from '../report/report-builder.js';
import { captured } from './io-of-test.js';

const OLD = renderJson(aReport({ findings: [aFinding({ fingerprint: 'a' }), aFinding({ fingerprint: 'b', severity: 'low' })] }));
const NEW = renderJson(aReport({ findings: [aFinding({ fingerprint: 'b', severity: 'high' }), aFinding({ fingerprint: 'c' })] }));

async function command(args: readonly string[], files: Record<string, string> = { old: OLD, new: NEW }) {
  const { io, out, err, written } = captured({ files });
  return { status: await run([...args], io), out: out(), err: err(), written };
}

describe('diff', () => {
  it('says what is new, worse and fixed, and ends with 1', async () => {
    const { status, out } = await command(['diff', 'old', 'new']);
    expect(status).toBe(1);
    expect(out).toBe(`Account 111122223333: 2026-11-01 06:00 UTC to 2026-11-01 06:00 UTC
New: 1
  - high: cluster eu-west-1/prod: IAM OIDC provider missing (provider-missing)
Severity raised: 1
  - high (was low): cluster eu-west-1/prod: IAM OIDC provider missing (provider-missing)
Fixed: 1
  - high: cluster eu-west-1/prod: IAM OIDC provider missing (provider-missing)
0 findings unchanged.
`);
    const json = JSON.parse((await command(['diff', 'old', 'new', '--format', 'json'])).out) as Record<string, unknown[]>;
    expect(Object.keys(json)).toEqual(['new', 'worse', 'better', 'unchanged', 'fixed', 'notRescanned']);
  });

  it('ends with 0 where nothing is new or worse', async () => expect((await command(['diff', 'old', 'old'])).status).toBe(0));

  it('takes two reports of one account', async () => {
    const other = renderJson(aReport({ account: '444455556666' }));
    const { status, err } = await command(['diff', 'old', 'new'], { old: OLD, new: other });
    expect([status, err]).toEqual([2, expect.stringMatching(/reports of two accounts, 111122223333 and 444455556666/)]);
    expect((await command(['diff', 'old', 'missing'])).status).toBe(2);
  });
});

describe('an audit beside what is known', () => {
  const issuer = (id: string): string => `https://oidc.eks.eu-west-1.amazonaws.com/id/${id.repeat(32)}`;
  const one = { name: 'prod', issuer: issuer('A') };
  const files = {
    one: printInventory(inventoryOfCase({ clusters: [one] })),
    two: printInventory(inventoryOfCase({ clusters: [one, { name: 'lab', issuer: issuer('B') }] })),
    unread: printInventory(inventoryOfCase({ unread: { 'eu-west-3': 'denied' } })),
  };

  it('says what a file is that is of the other kind', async () => {
    const report = (await command(['audit', '--inventory', 'one', '--format', 'json'], files)).out;
    const both = { ...files, report };
    expect((await command(['diff', 'one', 'report'], both)).err).toMatch(
      /^irsa-auditor: one is an inventory, not a report: irsa-auditor audit /,
    );
    expect((await command(['audit', '--inventory', 'report'], both)).err).toMatch(/^irsa-auditor: report is a report, not an inventory: /);
  });

  it('ends with 1 for what is not in the baseline only, and says how much is', async () => {
    const baseline = (await command(['audit', '--inventory', 'one', '--format', 'json'], files)).out;
    const same = await command(['audit', '--inventory', 'one', '--baseline', 'base'], { ...files, base: baseline });
    expect([same.status, same.err]).toEqual([0, 'Baseline base: 0 new, 0 worse, 1 known, 0 fixed, 0 not scanned again.\n']);
    const more = await command(['audit', '--inventory', 'two', '--baseline', 'base'], { ...files, base: baseline });
    expect([more.status, more.err]).toEqual([1, 'Baseline base: 1 new, 0 worse, 1 known, 0 fixed, 0 not scanned again.\n']);
    expect(more.out).toContain('prod');
    const milder = baseline.replace('"severity": "low"', '"severity": "info"');
    expect(milder).not.toBe(baseline);
    const worse = await command(['audit', '--inventory', 'one', '--baseline', 'base'], { ...files, base: milder });
    expect([worse.status, worse.err]).toEqual([1, 'Baseline base: 0 new, 1 worse, 0 known, 0 fixed, 0 not scanned again.\n']);
  });

  it('is written to files beside what is printed', async () => {
    const { written, out, err } = await command(
      ['audit', '--inventory', 'one', '--output', 'json=r.json', '--output', 'email=m.txt'],
      files,
    );
    expect(JSON.parse(written.get('r.json') ?? '')).toMatchObject({ schemaVersion: 1 });
    expect(written.get('m.txt')).toMatch(/^Subject: \[irsa-auditor\]/);
    expect([out, err]).toEqual([expect.stringContaining('prod'), 'Wrote r.json.\nWrote m.txt.\n']);
    expect((await command(['audit', '--inventory', 'one', '--output', 'xml=x'], files)).err).toMatch(/write it as FORMAT=FILE/);
  });

  it.each(['eu-west-3', 'eu-*', 'eks:List*', '*'])('accepts gaps by %s', async (scope) =>
    expect(await command(['audit', '--inventory', 'unread', '--accept-unread', `${scope}=closed`], files)).toMatchObject({
      status: 0,
      err: '',
    }),
  );

  it.each(['ap-*', 'xx-nowhere-1', 'denied-by-scp'])('D9: warns of %s, which accepts nothing', async (scope) => {
    const { status, err } = await command(['audit', '--inventory', 'unread', '--accept-unread', `${scope}=closed`], files);
    expect([status, err]).toEqual([3, `irsa-auditor: Accepted as not scanned, but nothing that was not scanned is "${scope}".\n`]);
  });

  it('ends with 130 and a word when it is stopped', async () => {
    let stop = (): void => undefined;
    const { io, err } = captured({
      aws: () => ({ identity: () => new Promise(() => queueMicrotask(stop)) }) as never,
      onInterrupt: (listener) => {
        stop = listener;
        return () => undefined;
      },
    });
    expect(await run(['audit', '--region', 'eu-west-1'], io)).toBe(130);
    expect(err()).toBe('irsa-auditor: Stopped; nothing was written.\n');
  });

  it('listens to nobody once it has its answer', async () => {
    let listening = true;
    const answer = unlessStopped({ onInterrupt: () => () => (listening = false) }, Promise.resolve('answer'));
    expect([await answer, listening]).toEqual(['answer', false]);
  });
});
