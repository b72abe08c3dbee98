import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { render } from '../../src/report/index.js';
import { aReport, findingsOf } from '../report/report-builder.js';
import { bucketInMemory } from '../support/bucket-in-memory.js';
import { captured } from './io-of-test.js';

const REPORT = aReport({ findings: findingsOf('high', 1) });
const STORED = render(REPORT, 'json', { color: false, width: null });
const MADE = 'This report of account 111122223333 was made at 2026-11-01T06:00:00.000Z.\n';

async function report(stored: string | null, ...args: readonly string[]) {
  const bucket = bucketInMemory(stored === null ? {} : { 'latest.json': stored });
  const { io, out, err } = captured({ bucket: bucket.open });
  const status = await run(['report', '--bucket', 'reports', ...args], io);
  return { status, out: out(), err: err(), opened: bucket.opened };
}

describe('report', () => {
  it('prints as text what is stored, whatever was found, and says when it was made', async () => {
    const { status, out, err, opened } = await report(STORED);
    expect([status, err]).toEqual([0, MADE]);
    expect(out).toBe(render(REPORT, 'text', { color: false, width: null }));
    expect(opened).toEqual([['reports', undefined]]);
  });

  it('prints as JSON the very text, fields of a later version included', async () => {
    const text = JSON.stringify({ ...REPORT, later: true });
    expect(await report(text, '--format', 'json', '--region', 'eu-west-1')).toEqual({
      status: 0,
      out: text,
      err: MADE,
      opened: [['reports', 'eu-west-1']],
    });
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

  it('lets no name act that stands in what it says', async () => {
    const { err } = await report(JSON.stringify({ ...REPORT, account: '\u001b[2J', generatedAt: 'now\u202e\n$ rm' }));
    expect(err).toBe('This report of account \\u001b[2J was made at now\\u202e\\u000a$ rm.\n');
  });

  it('tells what a bucket answers', async () => {
    const { io, err } = captured({ bucket: bucketInMemory({}, 'It is in another region.').open });
    expect(await run(['report', '--bucket', 'reports'], io)).toBe(2);
    expect(err()).toBe('irsa-auditor: It is in another region.\n');
  });

  it('asks for the bucket', async () => {
    const { io, err } = captured();
    expect(await run(['report'], io)).toBe(2);
    expect(err()).toMatch(/required option '--bucket <name>' not specified/);
  });
});
