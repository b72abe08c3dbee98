import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shellCommand } from '../../src/engine/repair/shell.js';
import { MANAGING_TOOLS } from '../../src/model/inventory/manager.js';
import type { Report } from '../../src/model/report/report.js';
import { unreadInWords } from '../../src/report/layout/phrases.js';
import { isThere, runIn, SHELLS, whyNot } from '../support/shells.js';
import {
  aCoverage,
  aFinding,
  aFix,
  aGap,
  anIncompleteReport,
  aReport,
  aRule,
  DENIED_BY_ORGANISATION,
  findingsOf,
} from './report-builder.js';
import { RENDERERS } from './renderers.js';

/** One string in every place of a report that an account can fill. */
function reportOf(text: string, commands: readonly string[]): Report {
  const finding = aFinding({
    severity: 'critical',
    subject: { type: 'role', id: text, arn: text, region: text },
    message: text,
    error: text,
    evidence: [
      { what: 'subject', path: text, found: text, expected: text },
      { what: 'subject', path: text, found: { [text]: [text] }, expected: [text] },
    ],
    related: [{ type: 'service-account', id: text, why: 'uses the role' }],
    fix: aFix({
      summary: text,
      patches: MANAGING_TOOLS.map((tool) => ({
        resource: text,
        region: null,
        kind: 'trust-policy',
        before: { Statement: [] },
        after: { Statement: [{ [text]: text }] },
        managedBy: { tool, name: text },
      })),
      commands,
      grants: [{ subject: text, role: text, administrative: true }],
      grantable: [text],
    }),
  });
  return aReport({
    complete: false,
    account: text,
    coverage: aCoverage({
      regions: [text],
      notLookedAt: ['pod'],
      notes: [text],
      unread: [
        aGap({ scope: text, detail: text }),
        aGap({ scope: text, detail: `explicit deny in a service control policy ${text}` }),
        aGap({ accepted: true, acceptedBecause: text, scope: text }),
      ],
    }),
    findings: [finding, aFinding({ ...finding, fingerprint: 'f2', problem: 'f1', place: 'co-defect' })],
    rules: [aRule({ crashed: text })],
  });
}

/** What a terminal, a mail program or a reader could be made to do something else with: controls, and what nothing shows. */
const ACTIVE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{e0000}-\u{e0fff}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/u;

const HOSTILE: readonly (readonly [string, string])[] = [
  ['a terminal escape', 'app\u001b[2J\u001b]0;owned\u0007'],
  ['C1 controls', 'app\u009b31mred\u0090'],
  ['line breaks', 'app\r\n    $ aws iam delete-role --role-name app\n$ rm -rf /\r'],
  ['other line breaks', 'app\u2028    $ curl evil\u2029\u0085$ x\u000b\u000c'],
  ['text turned around', 'app\u202e\u2066gpj.exe\u2069'],
  ['what nothing shows', 'a\u200bp\u00adp\ufeff\u{e0041}\u3164'],
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>&amp;'],
  ['shell metacharacters', 'app\'; rm -rf ~; echo $(id) `id` \\ " && | > * ?'],
  ['what looks like our own lines', `x ${'y'.repeat(70)} $ aws iam delete-role CRITICAL Repair: INCOMPLETE: Account 1: nothing found`],
  ['half a surrogate pair', 'app\ud800'],
  ['ten thousand characters', 'long '.repeat(2_000)],
];

/** What the JSON of the command line and of SNS have in common, and where each has its gaps. */
interface Summary {
  readonly complete: boolean;
  readonly findings: readonly unknown[];
  readonly cut?: number;
  readonly unread?: readonly unknown[];
  readonly coverage?: { readonly unread: readonly unknown[] };
}

/** Commands of ours that change nothing, with plain names. */
const OWN = /^ {3,4}\$ irsa-auditor (?:who|why|show|audit) [\w.:/@+=, -]+$/;
/** How `why` marks the link that is broken. */
const BROKEN_LINK = /^> [✗?] [a-z ]+: /;
const commandLines = (output: string): string[] =>
  output.split('\n').filter((line) => /^\s*[$#>%] /.test(line) && !OWN.test(line) && !BROKEN_LINK.test(line));

const TEN_THOUSAND = findingsOf('high', 10_000);

describe.each(RENDERERS)('$name', ({ reads, limit, ofMany, render }) => {
  const isAnswer = reads === 'answer' || reads === 'object';
  const ofReport = isAnswer ? it.skip : it;

  ofReport('says that nothing was found', () => {
    const output = render(aReport());
    if (reads === 'json') expect(JSON.parse(output)).toMatchObject({ findings: [], complete: true });
    else expect(output).toContain('nothing found');
  });

  ofReport('says first what was not read, and never that all is in order', () => {
    const output = render({ ...anIncompleteReport(), findings: findingsOf('high', 1) });
    const gap = { what: 'eks:ListClusters', scope: 'eu-west-3', reason: 'denied' };
    if (reads === 'json') {
      const told = JSON.parse(output) as Summary;
      expect(told.complete).toBe(false);
      expect(told.coverage?.unread ?? told.unread).toMatchObject([gap]);
    }
    if (reads === 'text') expect(output).toMatch(/INCOMPLETE[^]*eks:ListClusters in eu-west-3[^]*No IAM OIDC provider/);
    if (reads === 'mail') expect(output).toMatch(/Partial scan: eu-west-3 [^]*1\. HIGH: /);
    if (reads === 'line') expect(output).toMatch(/partial scan.*1 new high/);
    if (reads === 'screen') expect(output).toMatch(/Partial scan: eu-west-3|eks:ListClusters in eu-west-3[^]*1 high/);
    expect(output).not.toMatch(/is\s+in\s+order/);
  });

  ofReport('takes ten thousand findings within its limit, and counts those that it leaves out', () => {
    const output = render(aReport({ findings: TEN_THOUSAND }));
    expect(new TextEncoder().encode(output).length).toBeLessThanOrEqual(limit ?? Infinity);
    if (reads === 'json') {
      const { findings, cut = 0 } = JSON.parse(output) as Summary;
      expect(findings.length + cut).toBe(10_000);
      expect(cut > 0).toBe(limit !== null);
    } else expect(output).toMatch(/10000 (?:new )?high/);
    if (reads === 'text') expect(new Set(output.match(/\bhigh-\d+/g)).size).toBe(10_000);
    if (reads === 'mail') expect(output).toMatch(/^1\. HIGH: ×10000/m);
  });

  (isAnswer ? it : it.skip)('answers where there are ten thousand findings', () => {
    const output = render(aReport({ findings: TEN_THOUSAND }));
    if (reads === 'object') expect(typeof JSON.parse(output)).toBe('object');
    if (ofMany !== undefined) expect(output).toMatch(ofMany);
  });

  it.each(HOSTILE)('shows %s and lets none of it act', (_what, text) => {
    const command = shellCommand(['aws', 'iam', 'update-assume-role-policy', '--policy-document', { document: { [text]: text } }]) ?? '';
    const output = render(reportOf(text, [command]));
    expect(ACTIVE.exec(output)).toBeNull();
    expect(new TextEncoder().encode(output).length).toBeLessThanOrEqual(limit ?? Infinity);
    if (reads === 'json' || reads === 'object') expect(typeof JSON.parse(output)).toBe('object');
    if (reads === 'line') expect(output).not.toContain('\n');
    // The one command that stands there is ours, whole and once; one that is too long for a mail does not stand there at all.
    const told = commandLines(output).map((line) => line.trim());
    if (reads === 'text') expect([[`$ ${command}`], ...(command.length > 5_000 ? [[]] : [])]).toContainEqual(told);
    if (reads === 'mail') expect(told).toEqual([]);
  });
});

it('no text at all acts, in whatever format', () => {
  const units = fc.string({
    unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom('$ ', '\n', '- ', 'Repair: ', 'a', ' ')),
    maxLength: 200,
  });
  fc.assert(
    fc.property(units, (text) => {
      const report = reportOf(text, []);
      for (const { name, reads, render } of RENDERERS) {
        const output = render(report);
        expect([name, ACTIVE.exec(output)]).toEqual([name, null]);
        if (reads !== 'json' && reads !== 'object') expect([name, commandLines(output)]).toEqual([name, []]);
        if (reads === 'line') expect(output).not.toContain('\n');
      }
    }),
    { numRuns: 150, seed: 20261123 },
  );
});

describe.each(SHELLS)('what is there to be copied, in $name', (shell) => {
  const run = isThere(shell) ? it : it.skip;

  run(`is an option to accept a gap${whyNot(shell)}`, () => {
    const scopes = ['eu-west-3', 'eu-west-1/shop', 'account'];
    const options = scopes.map((scope) => unreadInWords(aGap({ scope, detail: DENIED_BY_ORGANISATION })).accept?.option ?? '');
    const { calls, errors } = runIn(
      shell,
      options.map((option) => `aws ${option}`),
    );
    expect(errors).toBe('');
    expect(calls).toEqual(
      ['eu-west-3', 'eu-west-1/shop', 'eks:ListClusters'].map((scope) => ['--accept-unread', `${scope}=closed by an organization policy`]),
    );
  });
});

it.each(HOSTILE)('no option to accept a gap holds %s', (_what, text) => {
  expect(unreadInWords(aGap({ scope: text, detail: DENIED_BY_ORGANISATION }))).toMatchObject({
    next: 'An organization policy forbids it. If that is meant to stay so, accept the gap in the settings.',
    accept: null,
  });
});
