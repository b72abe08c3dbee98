import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { parseInventory } from '../../src/saved/inventory-file.js';
import type { Report } from '../../src/model/report/report.js';
import { trustFor } from '../support/aws/account.js';
import { serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest } from '../collect/account-under-test.js';
import { captured } from './io-of-test.js';

describeOnMoto('the command line on an account', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
  });
  afterEach(() => test.endpoint.stop());

  const REGIONS = ['--region', 'eu-west-1', '--region', 'us-east-1'];

  async function command(
    args: readonly string[],
    files: Record<string, string> = {},
    live = false,
  ): Promise<{ status: number; out: string; err: string }> {
    const { io, out, err } = captured({
      files,
      terminal: { live },
      aws: () => awsPort({ version: '0', maxAttempts: 1, requestTimeoutMs: 10_000 }),
    });
    const status = await run([...args], io);
    return { status, out: out(), err: err() };
  }

  async function plant(): Promise<void> {
    await test.account.cluster('us-east-1', 'bare');
    const { issuer } = await test.account.cluster('eu-west-1', 'prod');
    const provider = await test.account.provider(issuer, ['sts.amazonaws.com']);
    await test.account.role('app', trustFor(provider, issuer, 'shop', 'app'));
    await test.account.role('pattern', trustFor(provider, issuer, 'shop', 'app-*'));
  }

  it('audits it, and finds the same in a saved inventory of it', async () => {
    await plant();
    const live = await command(['audit', ...REGIONS, '--format', 'json', '--fail-on', 'medium']);
    expect(live.status).toBe(1);
    const { findings, complete } = JSON.parse(live.out) as Report;
    expect(complete).toBe(true);
    expect(findings.map(({ cause }) => cause).sort()).toEqual(['provider-missing', 'trust-sub-wildcard-in-equals']);
    const saved = await command(['collect', ...REGIONS]);
    expect(saved.status).toBe(0);
    expect(parseInventory(saved.out).account).toBe(test.account.id);
    const again = await command(['audit', '--inventory', 'file', '--format', 'json', '--fail-on', 'medium'], { file: saved.out });
    expect(again.status).toBe(1);
    expect((JSON.parse(again.out) as Report).findings).toEqual(findings);
  });

  // Node's timers take 2,147,483,647 ms at most, and whole ones.
  it.each(['0x40', '1e2', '99.00000001', '2147484', '31536000'])('reads it to the end in a time budget of %s s', async (seconds) => {
    await plant();
    const { status, out, err } = await command(['audit', ...REGIONS, '--fail-on', 'critical', '--format', 'json', '--timeout', seconds]);
    expect([status, (JSON.parse(out) as Report).complete]).toEqual([0, true]);
    expect(err).not.toContain('Warning');
  });

  it('reads the regions that the settings name, unless --region names others', async () => {
    const regions = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { out } = await command(['audit', '--settings', 'file', '--format', 'json', ...args], { file: 'regions: [eu-west-1]' });
      return (JSON.parse(out) as Report).coverage.regions;
    };
    expect([await regions(), await regions('--region', 'us-east-1')]).toEqual([['eu-west-1'], ['us-east-1']]);
  });

  it('prints an inventory in which nothing acts on a terminal, and which reads back the same', async () => {
    const active = 'x\u001b[2J\u009b2J\u202e\u2028';
    await test.account.role('app', { Version: '2012-10-17', Statement: [{ Sid: 'a', Effect: 'Deny', Principal: '*', Action: active }] });
    const { out } = await command(['collect', ...REGIONS]);
    expect(out).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(out).toContain('\\u009b2J\\u202e\\u2028');
    expect(JSON.stringify(parseInventory(out).roles)).toContain(JSON.stringify(active).slice(1, -1));
  });

  it('tells its progress on standard error, on a terminal alone', async () => {
    await plant();
    const { out, err } = await command(['collect', ...REGIONS]);
    expect(err).toMatch(new RegExp(`^Read account ${test.account.id} in 0\\.0 s with \\d+ calls\\.\\n$`));
    expect(out.startsWith('{')).toBe(true);
    expect((await command(['collect', ...REGIONS], {}, true)).err).toMatch(/^\r\u001b\[KReading: calls 0\/1\r/);
  });

  it('ends with 3, and names the gap first, where a region was not read', async () => {
    test.endpoint.on(
      { operation: 'ListClusters', region: 'us-east-1' },
      serviceError('AccessDeniedException', 'with an explicit deny in a service control policy', 403),
    );
    const { status, out } = await command(['audit', ...REGIONS]);
    expect(status).toBe(3);
    expect(out).toMatch(/^INCOMPLETE[^]*--accept-unread 'us-east-1=/);
    const accepted = await command(['audit', ...REGIONS, '--accept-unread', 'us-east-1=closed by policy']);
    expect([accepted.status, accepted.out]).toEqual([0, expect.stringContaining('Accepted as unread: us-east-1 (closed by policy)')]);
  });

  it('asks for credentials where there are none', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    const { status, out, err } = await command(['audit']);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/No AWS credentials were found[^]*aws sso login/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('says where credentials have expired', async () => {
    test.endpoint.on({ service: 'sts' }, serviceError('ExpiredToken', 'The security token included in the request is expired', 403));
    const { status, err } = await command(['collect']);
    expect([status, err]).toEqual([2, expect.stringContaining('The AWS credentials have expired')]);
  });

  it('knows a region that does not exist', async () => {
    const { status, out, err } = await command(['audit', '--region', 'eu-west-9']);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/There is no region "eu-west-9" in the partition aws of these credentials\. Did you mean .*eu-west-1/);
    expect(err).not.toMatch(/\n\s+at /);
  });
});
