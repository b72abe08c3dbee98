import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shellCommand } from '../../src/engine/repair/shell.js';
import { unreadInWords } from '../../src/report/layout/phrases.js';
import { isThere, runIn, SHELLS, whyNot } from '../support/shells.js';
import { aCoverage, aFinding, aGap, anIncompleteReport, aReport, aRule, DENIED_BY_ORGANISATION, findingsOf } from './report-builder.js';
import { HOSTILE, reportOf } from './hostile-report.js';
import { RENDERERS } from './renderers.js';

/** What a terminal, a mail program or a reader could be made to do something else with: controls, and what nothing shows. */
const ACTIVE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\u{e0000}-\u{e0fff}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/u;

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

/** CSV ends its rows with both (RFC 4180): of no other format is there a carriage return. */
const withoutRowEnds = (output: string): string => (output.startsWith('record,') ? output.replaceAll('\r\n', '\n') : output);

const TEN_THOUSAND = findingsOf('high', 10_000);

describe.each(RENDERERS)('$name', ({ reads, limit, ofMany, readBack, render }) => {
  const isAnswer = reads === 'answer' || reads === 'object';
  const ofReport = isAnswer ? it.skip : it;

  ofReport('says that nothing was found', () => {
    const output = render(aReport());
    if (reads === 'json') expect(JSON.parse(output)).toMatchObject({ findings: [], complete: true });
    else if (readBack !== undefined) expect(readBack(output)).toMatchObject({ count: 0, gaps: [] });
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
    if (readBack !== undefined)
      expect(readBack(output)).toMatchObject({ count: 1, gaps: [expect.stringMatching(/^eks:ListClusters eu-west-3$|^a read$/)] });
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
    } else if (readBack !== undefined) expect(readBack(output).count).toBe(10_000);
    else expect(output).toMatch(/10000 (?:new )?high/);
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
    expect(ACTIVE.exec(withoutRowEnds(output))).toBeNull();
    if (readBack !== undefined) expect(readBack(output).fingerprints ?? ['f1', 'f2']).toEqual(['f1', 'f2']);
    expect(new TextEncoder().encode(output).length).toBeLessThanOrEqual(limit ?? Infinity);
    if (reads === 'json' || reads === 'object') expect(typeof JSON.parse(output)).toBe('object');
    if (reads === 'line') expect(output).not.toContain('\n');
    // The one command that stands there is ours, whole and once; one that is too long for a mail does not stand there at all.
    const told = commandLines(output).map((line) => line.trim());
    if (reads === 'text') expect([[`$ ${command}`], ...(command.length > 5_000 ? [[]] : [])]).toContainEqual(told);
    if (reads === 'mail') expect(told).toEqual([]);
  });
});

/** The formats that have a parser of their own. */
const PROGRAMS = RENDERERS.flatMap(({ name, render, readBack }) => (readBack === undefined ? [] : [{ name, render, readBack }]));

describe.each(PROGRAMS)('$name, as programs read it', ({ render, readBack }) => {
  const suppressed = { reason: 'known', until: null, by: 'settings' } as const;
  const gap = aGap();

  it('is the same bytes for the same report, and ends with a line break', () => {
    const report = { ...anIncompleteReport(), findings: findingsOf('medium', 3) };
    expect(render(structuredClone(report))).toBe(render(report));
    expect(render(report)).toMatch(/[^\n]\r?\n$/);
    expect(render(aReport())).toMatch(/[^\n]\r?\n$/);
  });

  it('tells no suppressed finding as one that is open, and does not lose it', () => {
    const [open, silent] = [aFinding({ fingerprint: 'open' }), aFinding({ fingerprint: 'silent', suppressed })];
    const output = render(aReport({ findings: [open, silent] }));
    expect(readBack(output).count).toBe(1);
    expect(readBack(output).fingerprints ?? ['open']).toEqual(['open']);
    expect(output).toMatch(/silent|suppressed: 1 high|suppressed_findings\{.*severity="high"\} 1/);
  });

  it('names an accepted gap, and not as one that is open', () => {
    const output = render(aReport({ coverage: aCoverage({ unread: [{ ...gap, accepted: true, acceptedBecause: 'closed' }] }) }));
    expect(readBack(output).gaps).toEqual([]);
    expect(output).toMatch(/eks:ListClusters|accepted="true"\} 1/);
  });

  it('is not clean where the audit was not complete, even without a reason', () => {
    const [whole, part] = [render(aReport()), render(aReport({ complete: false }))];
    expect(part).not.toBe(whole);
    expect(part).toMatch(/"complete":false|not-scanned|Partial scan|Not scanned|complete\{.*\} 0/);
  });

  it('names a rule that crashed, and that nothing of it was judged', () => {
    const output = render(aReport({ complete: false, rules: [aRule({ crashed: 'TypeError: x' })] }));
    expect(output).toMatch(/TypeError: x|crashed_rules\{.*\} 1/);
  });

  it('keeps a finding that could not be scanned again, where what is not told counts as fixed', () => {
    const { rule, severity, subject, firstSeen } = aFinding();
    const carried = { rule, severity, subject, fingerprint: 'carried', firstSeen, lastSeen: firstSeen };
    const output = render({ ...anIncompleteReport(), carriedOver: [carried] });
    const whole = render(anIncompleteReport());
    // Security Hub keeps what it is not told of as it has it.
    if (whole !== output) expect(output).toMatch(/carried|not-rescanned|could not be scanned again|not_rescanned_findings\{.*\} 1/);
    else expect(output).toContain('"SchemaVersion"');
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
        expect([name, ACTIVE.exec(withoutRowEnds(output))]).toEqual([name, null]);
        if (reads !== 'json' && reads !== 'object' && reads !== 'format') expect([name, commandLines(output)]).toEqual([name, []]);
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
