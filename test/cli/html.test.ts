import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import type { PageData } from '../../src/report/page/page-data.js';
import { render } from '../../src/report/index.js';
import { aReport, findingsOf } from '../report/report-builder.js';
import { bucketInMemory } from '../support/bucket-in-memory.js';
import { captured } from './io-of-test.js';

const FILES = { 'a.json': readFileSync('examples/account.json', 'utf8') };

/** What a page holds, as its program reads it. */
const heldBy = (html: string): PageData => JSON.parse(/id="data">(.*?)<\/script>/.exec(html)?.[1] ?? 'null') as PageData;

describe('--format html', () => {
  it('prints the page of an audit, with who can assume what, and ends as the audit does', async () => {
    const { io, out } = captured({ files: FILES });
    expect(await run(['audit', '--inventory', 'a.json', '--format', 'html'], io)).toBe(1);
    expect(out()).toMatch(/^<!doctype html>\n/);
    const { problems, picture } = heldBy(out());
    expect(problems).toHaveLength(18);
    expect(picture?.roles).toHaveLength(19);
  });

  it('is written to a file beside what is printed', async () => {
    const { io, out, written } = captured({ files: FILES });
    await run(['audit', '--inventory', 'a.json', '--format', 'json', '--output', 'html=report.html'], io);
    expect(JSON.parse(out())).toMatchObject({ schemaVersion: 1 });
    expect(heldBy(written.get('report.html') ?? '').problems).toHaveLength(18);
  });

  it('has the problems that were chosen, and says what was left out', async () => {
    const { io, out } = captured({ files: FILES });
    await run(['audit', '--inventory', 'a.json', '--format', 'html', '--min-severity', 'critical'], io);
    const { problems, remarks } = heldBy(out());
    expect(problems).toHaveLength(2);
    expect(remarks[0]).toMatch(/critical and above/);
  });

  it('is printed of a stored report, without the picture that a report does not hold', async () => {
    const stored = render(aReport({ findings: findingsOf('high', 3) }), 'json', { color: false, width: null });
    const { io, out } = captured({ bucket: bucketInMemory({ 'latest.json': stored }).open });
    expect(await run(['report', '--bucket', 'reports', '--format', 'html'], io)).toBe(0);
    const { problems, picture } = heldBy(out());
    expect([problems.length, picture]).toEqual([3, null]);
  });

  it('says so where it was not built in', async () => {
    delete (globalThis as { IRSA_AUDITOR_PAGE?: unknown }).IRSA_AUDITOR_PAGE;
    const { io, out, err } = captured({ files: FILES });
    expect(await run(['audit', '--inventory', 'a.json', '--format', 'html'], io)).toBe(4);
    expect([out(), err()]).toEqual(['', expect.stringContaining('This build holds no page')]);
  });
});
