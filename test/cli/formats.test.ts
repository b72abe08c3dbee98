import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { FORMATS } from '../../src/report/format-names.js';
import { captured } from './io-of-test.js';

const files = { 'account.json': readFileSync('examples/account.json', 'utf8') };
const AUDIT = ['audit', '--inventory', 'account.json'];

/** By how a program tells what it was given. */
const BEGINS: Readonly<Record<(typeof FORMATS)[number], RegExp>> = {
  text: /^INCOMPLETE/,
  json: /^\{\n {2}"schemaVersion": 1,/,
  email: /^\[irsa-auditor\]|^harbour-lane-prod|^Subject/,
  jsonl: /^\{"record":"audit","schemaVersion":1,/,
  csv: /^record,severity,/,
  markdown: /^## irsa-auditor: 2 critical/,
  junit: /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /,
  sarif: /^\{\n "\$schema": "https:\/\/docs\.oasis-open\.org\/sarif\/[^"]*",\n "version": "2\.1\.0",/,
  ocsf: /^\[\n \{\n {2}"category_uid": 2,/,
  asff: /^\[\n \{\n {2}"SchemaVersion": "2018-10-08",/,
  openmetrics: /^# TYPE irsa_auditor_problems gauge\n/,
};

describe.each(FORMATS)('audit in the format %s', (format) => {
  it('prints it, writes the same to a file, and ends as ever', async () => {
    const [printed, written] = [captured({ files }), captured({ files })];
    expect(await run([...AUDIT, '--format', format], printed.io)).toBe(1);
    expect(printed.out()).toMatch(BEGINS[format]);
    expect(await run([...AUDIT, '--format', 'json', '--output', `${format}=out`], written.io)).toBe(1);
    const told = (text: string | undefined): string | undefined => text?.replace(/^ *(?:Next|.*irsa-auditor show).*\n/gm, '');
    expect(told(written.written.get('out'))).toBe(told(printed.out()));
  });
});

it('writes several at once', async () => {
  const { io, written } = captured({ files });
  await run([...AUDIT, '--output', 'sarif=a', '--output', 'junit=b', '--output', 'csv=c'], io);
  expect([...written.keys()]).toEqual(['a', 'b', 'c']);
});

it('names every format where one is asked for that is not there', async () => {
  for (const options of [
    ['--format', 'pdf'],
    ['--output', 'pdf=x'],
  ]) {
    const { io, err } = captured({ files });
    expect(await run([...AUDIT, ...options], io)).toBe(2);
    expect(err()).toContain(FORMATS.join(', '));
  }
});
