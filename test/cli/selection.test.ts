import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { Report } from '../../src/model/report/report.js';
import { captured } from './io-of-test.js';

const FILES = { x: readFileSync('examples/account.json', 'utf8') };

async function audit(...argv: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const { io, out, err } = captured({ files: FILES });
  const status = await run(['audit', '--inventory', 'x', ...argv], io);
  return { status, out: out(), err: err() };
}
const rules = async (...argv: readonly string[]): Promise<string[]> =>
  (JSON.parse((await audit('--format', 'json', ...argv)).out) as Report).findings.map(({ rule }) => rule);

describe('what of an audit is shown', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['--cluster', 'analytics'], ['provider-missing']],
    [
      ['--cluster', 'us-east-1/edge,us-east-1/analytics'],
      ['provider-issuer-mismatch', 'provider-missing'],
    ],
    [['-n', 'data'], ['pod-identity-tag-permission-missing']],
    [
      ['--role', 'search'],
      ['federated-provider-of-other-cluster', 'provider-orphaned'],
    ],
    [
      ['--rule', 'key-malformed', '--rule', 'placeholder-left'],
      ['key-malformed', 'placeholder-left'],
    ],
    [['--min-severity', 'CRITICAL', '--exclude-rule', 'subject-cluster-wide'], ['subject-open-on-shared-issuer']],
  ])('%j', async (argv, found) => expect(await rules(...argv)).toEqual(found));

  it('is said, with how much is left out, and what is not shown is not in order', async () => {
    expect((await audit('--cluster', 'analytics', '--no-details')).out).toContain(
      '\nShown: cluster analytics. 18 other findings are left out.\n',
    );
    expect((await audit('--cluster', 'nowhere')).out).not.toMatch(/scanned is in order/);
    expect(JSON.parse((await audit('--format', 'json')).out)).not.toHaveProperty('selection');
  });

  it('is there: a slip is not "nothing found"', async () => {
    const { regions, ...rest } = JSON.parse(FILES.x) as Inventory;
    const whole = JSON.stringify({ ...rest, regions: regions.filter(({ clusters }) => clusters.known) });
    const of = async (...argv: readonly string[]) => {
      const { io, out, err } = captured({ files: { x: whole } });
      const status = await run(['audit', '--inventory', 'x', ...argv], io);
      return { status, out: out(), err: err() };
    };
    expect(await of('--cluster', 'shop-prd')).toEqual({
      status: 2,
      out: '',
      err: 'irsa-auditor: There is no cluster "shop-prd" here. Did you mean shop-prod?\n',
    });
    expect((await of('--cluster', 'eu-west-2/shop-prod')).err).toContain('Did you mean eu-west-1/shop-prod?');
    expect((await of('--role', 'serach')).err).toContain('There is no role "serach" here. Did you mean search?');
    for (const known of ['search', 'arn:aws:iam::418527603941:role/search', 'wishlist']) expect((await of('--role', known)).err).toBe('');
    // What was not read may hold it, and a namespace may be empty.
    const unread = await audit('--cluster', 'shop-prd');
    expect(unread.err).toBe('irsa-auditor: No cluster that was read is "shop-prd", and not all were. Did you mean shop-prod?\n');
    expect((await of('-n', 'shp')).err).toContain('No namespace that was read is "shp"');
    expect((await of('-n', 'shop', '--cluster', 'shop-prod')).err).toBe('');
  });

  it('decides the exit status, which may be told to fail never, and not for what was not read', async () => {
    const status = async (...argv: readonly string[]): Promise<number> => (await audit(...argv)).status;
    expect([await status(), await status('--min-severity', 'high'), await status('--fail-on', 'CRITICAL')]).toEqual([1, 1, 1]);
    expect([await status('--rule', 'webhook-missing'), await status('--fail-on', 'never')]).toEqual([3, 3]);
    expect([await status('--fail-on', 'never', '--allow-incomplete'), await status('--allow-incomplete')]).toEqual([0, 1]);
  });

  it.each<[readonly string[], RegExp]>([
    [['--rule', 'key-malformd'], /Did you mean key-malformed\?/],
    [['--min-severity', 'severe'], /Allowed choices are info, low, medium, high, critical\./],
    [['--fail-on', 'none'], /Allowed choices are info, low, medium, high, critical, never\./],
    [['--cluster', 'a,,b'], /give one name, or several with commas/],
  ])('%j is wrong usage', async (argv, words) => {
    const { status, out, err } = await audit(...argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(words);
  });
});
