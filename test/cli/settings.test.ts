import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import type { Report } from '../../src/model/report/report.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { bucketInMemory, type BucketInMemory } from '../support/bucket-in-memory.js';
import { captured } from './io-of-test.js';

const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const FILES = {
  broken: printInventory(inventoryOfCase({ clusters: [{ name: 'prod', issuer: ISSUER }] })),
  unread: printInventory(inventoryOfCase({ unread: { 'eu-west-3': 'denied', 'eu-north-1': 'denied' } })),
  good: 'suppressions:\n  - rule: provider-missing\n    reason: it comes tomorrow\n',
  empty: '',
  gaps: 'acceptUnread:\n  - scope: eu-west-3\n    reason: closed by policy\n',
  slip: 'suppressions:\n  - rule: provider-mising\n    reason: x\n',
  wrong: 'notifyAt: severe\n',
  regional: 'regions: [eu-north-1]\n',
};

async function command(args: readonly string[], bucket: BucketInMemory = bucketInMemory()) {
  const { io, out, err } = captured({ files: FILES, bucket: bucket.open });
  const status = await run(args, io);
  return { status, out: out(), err: err() };
}

describe('settings check', () => {
  it.each(['good', 'empty'])('takes what is in order: %s', async (file) =>
    expect(await command(['settings', 'check', file])).toEqual({ status: 0, out: `${file} is in order.\n`, err: '' }),
  );

  it.each([
    ['wrong', 'wrong cannot be used:\n  line 1, notifyAt: takes one of info, low, medium, high, critical, not "severe"'],
    ['slip', 'slip cannot be used:\n  line 2, suppressions[0].rule: there is no rule "provider-mising"; did you mean provider-missing?'],
    ['absent', "The file of settings absent cannot be read: ENOENT: no such file or directory, open 'absent'"],
  ])('refuses what is not: %s', async (file, message) =>
    expect(await command(['settings', 'check', file])).toEqual({ status: 2, out: '', err: `irsa-auditor: ${message}\n` }),
  );
});

describe('settings put', () => {
  it('writes the very text, and says where and when it counts', async () => {
    const bucket = bucketInMemory({ 'irsa-auditor.yaml': 'old' });
    expect(await command(['settings', 'put', 'good', '--bucket', 'reports', '--region', 'eu-west-1'], bucket)).toEqual({
      status: 0,
      out: '',
      err: 'Wrote good to s3://reports/irsa-auditor.yaml. It takes effect at the next run.\n',
    });
    expect(bucket.opened).toEqual([['reports', 'eu-west-1']]);
    expect(bucket.puts).toEqual([{ contentType: 'application/yaml' }]);
    expect([...bucket.objects]).toEqual([['irsa-auditor.yaml', FILES.good]]);
  });

  it.each(['wrong', 'slip'])('writes nothing that is not in order: %s', async (file) => {
    const bucket = bucketInMemory();
    expect((await command(['settings', 'put', file, '--bucket', 'reports'], bucket)).status).toBe(2);
    expect(bucket.objects.size).toBe(0);
  });

  it.each([
    [['settings', 'put', '--bucket', 'b'], /missing required argument 'file'/],
    [['settings', 'put', 'good', '--bucket', 'b', '--region', 'Ireland'], /a region looks like eu-west-1/],
    [['settings', 'sett'], /unknown command 'sett'/],
    [['settings'], /check \[options\]|check <file>/],
  ])('%j is wrong usage', async (args, message) =>
    expect(await command(args)).toMatchObject({ status: 2, out: '', err: expect.stringMatching(message) }),
  );
});

describe('settings get', () => {
  it('prints the very text', async () => {
    const bucket = bucketInMemory({ 'irsa-auditor.yaml': 'notifyAt:  high # mine\n' });
    expect(await command(['settings', 'get', '--bucket', 'reports'], bucket)).toEqual({
      status: 0,
      out: 'notifyAt:  high # mine\n',
      err: '',
    });
    expect(bucket.opened).toEqual([['reports', undefined]]);
  });

  it('says that there is none', async () => {
    const { status, out, err } = await command(['settings', 'get', '--bucket', 'reports']);
    expect([status, out]).toEqual([2, '']);
    expect(err).toBe('irsa-auditor: There is no s3://reports/irsa-auditor.yaml: the defaults hold. irsa-auditor settings put writes it.\n');
  });

  it.each(['get', 'put'])('%s tells what a bucket answers, without a stack trace', async (what) => {
    const file = what === 'put' ? ['good'] : [];
    const bucket = bucketInMemory({}, 'It could not be read: AccessDenied. Allow it.');
    expect(await command(['settings', what, ...file, '--bucket', 'reports'], bucket)).toEqual({
      status: 2,
      out: '',
      err: 'irsa-auditor: It could not be read: AccessDenied. Allow it.\n',
    });
  });

  it('takes any other error for a defect', async () => {
    const { io, err } = captured({
      bucket: () =>
        Promise.resolve({
          get: () => Promise.reject(new TypeError('boom')),
          put: () => Promise.resolve(),
        }),
    });
    expect(await run(['settings', 'get', '--bucket', 'b'], io)).toBe(4);
    expect(err()).toMatch(/an internal error[^]*boom/);
  });
});

describe('audit --settings', () => {
  const audit = (...args: readonly string[]) => command(['audit', '--format', 'json', ...args]);
  const report = (out: string): Report => JSON.parse(out) as Report;

  it('suppresses, and keeps what is suppressed in the report', async () => {
    expect((await audit('--inventory', 'broken')).status).toBe(1);
    const { status, out, err } = await audit('--inventory', 'broken', '--settings', 'good');
    expect([status, err]).toEqual([0, '']);
    expect(report(out).findings).toMatchObject([{ rule: 'provider-missing', suppressed: { reason: 'it comes tomorrow', until: null } }]);
  });

  it('adds up the gaps of file and command line', async () => {
    const { status, out } = await audit('--inventory', 'unread', '--settings', 'gaps', '--accept-unread', 'eu-north-1=far away');
    expect(status).toBe(0);
    expect(
      report(out)
        .coverage.unread.map(({ scope, acceptedBecause }) => [scope, acceptedBecause])
        .sort(),
    ).toEqual([
      ['eu-north-1', 'far away'],
      ['eu-west-3', 'closed by policy'],
    ]);
    expect((await audit('--inventory', 'unread', '--settings', 'gaps')).status).toBe(3);
  });

  it('only warns of a rule that does not exist', async () => {
    const { status, out, err } = await audit('--inventory', 'broken', '--settings', 'slip');
    expect([status, report(out).findings.length]).toEqual([1, 1]);
    expect(err).toBe(
      'irsa-auditor: slip: line 2, suppressions[0].rule: there is no rule "provider-mising"; did you mean provider-missing?\n',
    );
  });

  it('audits nothing by settings that cannot be used', async () => {
    expect(await audit('--inventory', 'broken', '--settings', 'wrong')).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('line 1, notifyAt'),
    });
  });

  it('takes a saved inventory whatever regions the file names', async () => {
    expect(await audit('--inventory', 'broken', '--settings', 'regional')).toMatchObject({ status: 1, err: '' });
  });
});
