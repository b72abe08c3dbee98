import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { bucketInMemory } from '../support/bucket-in-memory.js';
import { render } from '../../src/report/index.js';
import { aReport, findingsOf } from '../report/report-builder.js';
import { captured } from './io-of-test.js';

const EXAMPLE = readFileSync('examples/account.json', 'utf8');
const SETTINGS = 'suppressions:\n  - rule: provider-missing\n    reason: für später\n';
const MARK = '\ufeff';

/** The ways in which editors and shells write a text. */
const ENCODED: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with its mark': (text) => Buffer.from(MARK + text),
  'UTF-16 of Windows PowerShell': (text) => Buffer.from(MARK + text.replaceAll('\n', '\r\n'), 'utf16le'),
  'UTF-16 of the other order': (text) => Buffer.from(MARK + text, 'utf16le').swap16(),
};

async function command(argv: readonly string[], files: Readonly<Record<string, string | Uint8Array>>, bucket = bucketInMemory()) {
  const { io, out, err } = captured({ files, bucket: bucket.open });
  const status = await run(argv, io);
  return { status, out: out(), err: err() };
}

describe.each(Object.entries(ENCODED))('a file in %s', (_, encode) => {
  it('is taken as an inventory', async () => {
    const plain = await command(['audit', '--inventory', 'file', '--format', 'json'], { file: EXAMPLE });
    expect(await command(['audit', '--inventory', 'file', '--format', 'json'], { file: encode(EXAMPLE) })).toEqual(plain);
  });

  it('is taken as settings, and stored as UTF-8 without a mark', async () => {
    const bucket = bucketInMemory();
    expect((await command(['settings', 'check', 'file'], { file: encode(SETTINGS) })).status).toBe(0);
    expect((await command(['settings', 'put', 'file', '--bucket', 'b'], { file: encode(SETTINGS) }, bucket)).status).toBe(0);
    expect(bucket.objects.get('irsa-auditor.yaml')?.replaceAll('\r\n', '\n')).toBe(SETTINGS);
  });
});

describe('UTF-16 without a mark', () => {
  const file = Buffer.from(EXAMPLE, 'utf16le');
  it.each([
    ['audit', '--inventory', 'file'],
    ['settings', 'check', 'file'],
  ])('is told as what it is: %s %s', async (...argv) =>
    expect(await command(argv, { file })).toEqual({
      status: 2,
      out: '',
      err: expect.stringMatching(/^irsa-auditor: The \S.* file cannot be read: it seems to be UTF-16 .*: save it as UTF-8\.\n$/),
    }),
  );
});

describe('what is nested very deep', () => {
  const deep = (depth: number): string => `${'{"a":['.repeat(depth)}${']}'.repeat(depth)}`;

  it.each([
    ['an inventory of nothing else', deep(100_000)],
    ['a list of lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a field of an inventory', EXAMPLE.replace('"notes": [', `"later": ${deep(100_000)}, "notes": [`)],
    ['a trust policy', EXAMPLE.replace('"trustPolicy": {', `"trustPolicy": { "Id": ${deep(2_500)},`)],
  ])('is refused with a sentence: %s', async (_, file) => {
    for (const argv of [['audit'], ['who', 'x'], ['why', 'sa/x'], ['rbac', '--principal', 'arn:aws:iam::210987654321:role/app']])
      expect(await command([...argv, '--inventory', 'file'], { file })).toEqual({
        status: 2,
        out: '',
        err: 'irsa-auditor: file nests its lists and objects more than 200 deep. Make one with: irsa-auditor collect > inventory.json\n',
      });
  });

  it.each(['text', 'json', 'email'])('is refused in a stored report, as %s', async (format) => {
    const stored = render(aReport({ findings: findingsOf('high', 1) }), 'json', { color: false, width: null });
    const bucket = bucketInMemory({
      'latest.json': stored.replace('"evidence": []', `"evidence": [{"what":"x","path":null,"expected":null,"found":${deep(100_000)}}]`),
    });
    expect(await command(['report', '--bucket', 'b', '--format', format], {}, bucket)).toEqual({
      status: 2,
      out: '',
      err: 'irsa-auditor: s3://b/latest.json is damaged: it nests its lists and objects more than 200 deep.\n',
    });
  });
});
