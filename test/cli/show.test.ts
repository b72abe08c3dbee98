import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import type { LastReport } from '../../cli/terminal/last-report.js';
import { captured, type Captured } from './io-of-test.js';

const EXAMPLE = readFileSync('examples/account.json', 'utf8');
const SCREEN = { width: 80, rows: 24 };

/** A machine that keeps the last report in memory. */
function remembering(): LastReport {
  let kept: string | null = null;
  return {
    read: () => Promise.resolve(kept),
    keep: (text) => {
      kept = text;
      return Promise.resolve(true);
    },
  };
}

interface Ran extends Captured {
  readonly status: number;
}

async function ran(argv: readonly string[], lastReport = remembering(), files: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const world = captured({ files: { 'account.json': EXAMPLE, ...files }, terminal: SCREEN, lastReport });
  return { ...world, status: await run([...argv], world.io) };
}

describe('irsa-auditor show', () => {
  it('shows a number of the last listing, which leads there, and says of what account and when', async () => {
    const last = remembering();
    const audit = await ran(['audit', '--inventory', 'account.json'], last);
    const [, id = ''] = /\nNext: irsa-auditor show (\d+)\n$/.exec(audit.out()) ?? [];
    const listed = audit
      .out()
      .split('\n')
      .find((line) => line.trimStart().startsWith(`${id} `));
    const { status, out } = await ran(['show', id], last);
    expect(status).toBe(0);
    expect(out()).toMatch(/^harbour-lane-prod \(418527603941\), audited 2026-11-02 07:00 UTC\n/);
    expect(listed).toContain('role/ebs-csi-prod');
    expect(out()).toContain(`${id} HIGH broken role/ebs-csi-prod in shop-prod: `);
  });

  it('leads there by the inventory where nothing is remembered, and to all details where that is not possible either', async () => {
    const forgetful: LastReport = { read: () => Promise.resolve(null), keep: () => Promise.resolve(false) };
    expect((await ran(['audit', '--inventory', 'account.json'], forgetful)).out()).toMatch(
      /\nNext: irsa-auditor show 3 --inventory account\.json\n$/,
    );
    const quoted = await ran(['audit', '--inventory', 'an account.json'], forgetful, { 'an account.json': EXAMPLE });
    expect(quoted.out()).toMatch(/\nNext: irsa-auditor show 3 --inventory 'an account\.json'\n$/);
    const piped = await ran(['audit', '--inventory', '-', '--cluster', 'shop-prod'], forgetful, { '-': EXAMPLE });
    expect(piped.out()).toMatch(/\nNext: irsa-auditor audit --details\n$/);
  });

  it('takes an inventory, or a report as JSON, of which it prints no command that its patches do not come to', async () => {
    const json = (await ran(['audit', '--inventory', 'account.json', '--format', 'json'])).out();
    const forged = json.replaceAll('kubectl annotate serviceaccount wishlist', 'kubectl delete serviceaccount wishlist');
    const [byInventory, byReport, byForged] = await Promise.all([
      ran(['show', 'sa/wishlist', '--inventory', 'account.json']),
      ran(['show', 'sa/wishlist', '--report', 'r.json'], remembering(), { 'r.json': json }),
      ran(['show', 'sa/wishlist', '--report', 'r.json'], remembering(), { 'r.json': forged }),
    ]);
    expect(byReport.out()).toBe(byInventory.out());
    expect(byReport.out()).toContain('$ kubectl annotate serviceaccount wishlist ');
    expect(byForged.out()).not.toMatch(/\$ kubectl (delete|annotate)/);
  });

  it('writes the trust policies of a fix, and prints the commands that take them and the way back', async () => {
    const { status, out, err, written } = await ran(['show', 'role/ebs-csi-prod', '--inventory', 'account.json', '--write', 'fix']);
    expect([status, err()]).toEqual([0, 'Wrote fix/ebs-csi-prod.after.json, fix/ebs-csi-prod.before.json.\n']);
    expect([...written.keys()]).toEqual(['fix/ebs-csi-prod.before.json', 'fix/ebs-csi-prod.after.json']);
    expect(written.get('fix/ebs-csi-prod.after.json')).toContain('"system:serviceaccount:kube-system:ebs-csi-controller-sa"');
    expect(written.get('fix/ebs-csi-prod.before.json')).not.toContain('ebs-csi-controller-sa');
    for (const side of ['after', 'before'])
      expect(out()).toContain(
        `$ aws iam update-assume-role-policy --role-name ebs-csi-prod --policy-document file://fix/ebs-csi-prod.${side}.json\n`,
      );
  });

  it('writes for whoever decides, and makes no command that the audit did not', async () => {
    const { out, written } = await ran(['show', 'role/search', '--inventory', 'account.json', '--write', 'fix']);
    expect(written.size).toBe(2);
    expect(out()).not.toContain('update-assume-role-policy');
  });

  it('writes over nothing', async () => {
    const world = captured({ files: { 'account.json': EXAMPLE }, terminal: SCREEN });
    const argv = ['show', 'role/search', '--inventory', 'account.json', '--write', 'fix'];
    expect([await run(argv, world.io), await run(argv, world.io)]).toEqual([0, 2]);
    expect(world.err()).toMatch(/search\.before\.json cannot be written: EEXIST[^\n]* Name another folder with --write\.\n$/);
  });

  it.each<[readonly string[], RegExp]>([
    [['show', '3'], /There is no report of an audit to show: run `irsa-auditor audit` first/],
    [['show', '99', '--inventory', 'account.json'], /Its problems are 1 to 18\./],
    [['show', 'role/serch', '--inventory', 'account.json'], /Did you mean search\?/],
    [['show', '1', '--inventory', 'account.json', '--report', 'x'], /Name one of --inventory and --report\./],
    [['show', '13', '--inventory', 'account.json', '--write', 'x'], /its fix changes no trust policy/],
    [['show'], /missing required argument 'id'/],
  ])('%j is wrong usage', async (argv, words) => {
    const { status, out, err } = await ran(argv);
    expect([status, out()]).toEqual([2, '']);
    expect(err()).toMatch(words);
  });

  it('does not wait for an inventory that came on standard input', async () => {
    const last = remembering();
    await ran(['audit', '--inventory', '-'], last, { '-': EXAMPLE });
    const { status, err } = await ran(['show', 'role/search', '--grant', 'shop/search'], last);
    expect([status, err()]).toEqual([2, expect.stringContaining('read its inventory from standard input: name it with --inventory FILE.')]);
  });

  it('is called by npx where that may be the only way', async () => {
    const world = captured({ terminal: SCREEN, byNpm: true });
    await run(['demo'], world.io);
    expect(world.out()).toContain('\nNext: npx irsa-auditor show 3 --inventory examples/account.json\n');
  });

  it('is called as kubectl calls it, by whoever does', async () => {
    const world = captured({ files: { 'account.json': EXAMPLE }, terminal: SCREEN, plugin: true, lastReport: remembering() });
    await run(['audit', '--inventory', 'account.json'], world.io);
    expect(world.out()).toMatch(/\nNext: kubectl irsa-auditor show 3\n$/);
  });
});
