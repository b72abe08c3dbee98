import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseInventory } from '../../src/saved/inventory-file.js';
import type { Report } from '../../src/model/report/report.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { renderOverview, type OverviewOptions } from '../../src/report/screens/overview.js';
import { expectGolden } from './golden.js';
import { aCoverage, aFinding, aFix, aGap, aReport, aRule, DENIED_BY_ORGANISATION, findingsOf } from './report-builder.js';

const TERMINAL: OverviewOptions = {
  color: false,
  width: 80,
  rows: 24,
  links: false,
  verbose: false,
  all: 'irsa-auditor audit --details',
  next: (number) => `irsa-auditor show ${number}`,
};
const overview = (report: Report, over: Partial<OverviewOptions> = {}): string => renderOverview(report, { ...TERMINAL, ...over });
const lines = (report: Report, over: Partial<OverviewOptions> = {}): string[] => overview(report, over).trimEnd().split('\n');

const example = auditInventory(parseInventory(readFileSync('examples/account.json', 'utf8'), 'example'), {
  now: '2026-11-01T06:00:00.000Z',
});
const problems = example.findings.filter(({ place }) => place === 'primary').length;

describe('the first screen of the example', () => {
  it.each([80, 120, 200])('at %d columns', (width) => expectGolden(`audit-${width}.txt`, overview(example, { width })));

  it('off a terminal', () => expectGolden('audit-no-terminal.txt', overview(example, { width: null, rows: null })));

  it('has a table of clusters where there is room for it', () =>
    expectGolden('audit-120x50.txt', overview(example, { width: 120, rows: 50 })));

  it.each([40, 60, 80, 100, 120, 200])('is at most 23 rows of %d columns, every problem on it', (width) => {
    const screen = lines(example, { width });
    expect(screen.filter((line) => line.length > width)).toEqual([]);
    expect(screen.length).toBeLessThanOrEqual(23);
    expect(screen.filter((line) => /^ *\d+ (CRIT|HIGH|MED|LOW|INFO) /.test(line))).toHaveLength(problems);
    expect(screen.at(-1)).toBe('Next: irsa-auditor show 3');
  });
});

describe('many problems', () => {
  const rules = Array.from({ length: 90 }, (_, index) => `rule-${index}`);
  const many = aReport({
    findings: rules.flatMap((rule, index) =>
      findingsOf('high', 24, { rule }).map((finding, at) => ({
        ...finding,
        fingerprint: `${index}-${at}`,
        problem: `${index}-${at}`,
        clusters: [`eu-west-1/c${at % 12}`],
      })),
    ),
  });

  it('take at most 60 rows, equal ones in one, and what is left is counted', () => {
    const screen = lines(many, { width: 80 });
    expect(screen.length).toBeLessThanOrEqual(60);
    expect(screen.filter((line) => line.length > 80)).toEqual([]);
    expect(screen.find((line) => line.startsWith('  25 '))).toMatch(/^ {2}25 HIGH broken {2}×24 in 12 clusters /);
    expect(screen.at(-3)).toBe(`… and ${(90 - 51) * 24} more of 39 rules: irsa-auditor audit --details`);
    expect(screen.at(-2)).toBe('2160 high (2160 broken); 2160 of 2160 have a verified fix');
  });

  it('are one line each as long as they fit', () => {
    const some = aReport({ findings: findingsOf('high', 40) });
    expect(lines(some, { rows: 50 }).filter((line) => /^ *\d+ HIGH/.test(line))).toHaveLength(40);
    expect(lines(some, { rows: 24 }).filter((line) => /^ *\d+ HIGH/.test(line))).toEqual([
      expect.stringMatching(/^1 HIGH broken {2}×40 in 1 cluster /),
    ]);
  });
});

describe('what was not scanned', () => {
  const closed = (count: number): Report =>
    aReport({
      complete: false,
      coverage: aCoverage({
        unread: Array.from({ length: count }, (_, index) => aGap({ scope: `xx-far-${index}`, detail: DENIED_BY_ORGANISATION })),
      }),
    });

  it('is one line, by reason, with as many names as fit', () => {
    expect(lines(closed(2))[1]).toBe('Partial scan: xx-far-0, xx-far-1 (denied by SCP)  [-v]');
    expect(lines(closed(13))[1]).toBe('Partial scan: xx-far-0, xx-far-1, xx-far-2 and 10 more (denied by SCP)  [-v]');
    expect(lines(closed(13), { width: 40 })[1]).toBe('Partial scan: 13 denied by SCP  [-v]');
  });

  it('is listed where that is asked for', () => {
    const screen = overview(closed(2), { verbose: true });
    expect(screen).toContain('- eks:ListClusters in xx-far-1: access denied');
    expect(screen).toContain("--accept-unread 'xx-far-1=");
  });

  it('is never none, and nothing is in order for it', () => {
    const denied = aReport({
      complete: false,
      coverage: aCoverage({
        clusters: 0,
        roles: 0,
        unread: [aGap({ what: 'iam:GetAccountAuthorizationDetails', scope: 'account' }), aGap()],
      }),
      rules: [aRule({ notEvaluated: [{ scope: 'account', reason: 'denied' }] }), aRule({ id: 'other' })],
    });
    const screen = overview(denied);
    expect(screen).toMatch(/^Account 111122223333 {2}2 regions, clusters not scanned {2}/);
    expect(screen).toContain('1 of 2 rules could not check everything; nothing found in the rest.');
    expect(screen).not.toMatch(/\b0 |in order|No EKS clusters/);
  });

  it('is said of what nobody asked for, with how to ask', () =>
    expect(overview(aReport({ coverage: aCoverage({ notLookedAt: ['service-account', 'pod'] }) }), { width: 100 })).toContain(
      'Not scanned: service accounts, pods. Add --kubernetes: most of what breaks is there.\n',
    ));
});

describe('what there is nothing of', () => {
  it('is said of problems', () => expect(overview(aReport())).toMatch(/\n✓ nothing found: /));
  it('asks for the account where there are no clusters', () =>
    expect(overview(aReport({ coverage: aCoverage({ clusters: 0 }) }))).toContain(
      'No EKS clusters in 2 regions of this account. Wrong account, profile or region?\n',
    ));
  it('says one where it is one', () => {
    const one = aReport({ coverage: aCoverage({ clusters: 1, regions: ['eu-west-1'] }), findings: [aFinding()] });
    expect(overview(one)).toMatch(/ {2}1 region, 1 cluster {2}[^]*1 high \(1 broken\); 1 of 1 has a verified fix\n/);
  });
});

describe('on a terminal that can', () => {
  const link = aReport({ findings: [aFinding()] });

  it('a rule is a link to its first reference, and nothing else than an https address is', () => {
    expect(overview(link, { width: 120, links: true })).toContain(
      '\u001b]8;;https://example.com/why\u001b\\provider-missing\u001b]8;;\u001b\\',
    );
    const hostile = 'https://example.com/\u001b\\\u001b[2J';
    const texts = { 'provider-missing': { id: 'provider-missing', title: 'x', why: '', references: [hostile] } };
    for (const references of [[hostile], ['javascript:alert(1)'], []])
      expect(
        overview({ ...link, texts: { 'provider-missing': { ...texts['provider-missing'], references } } }, { width: 120, links: true }),
      ).not.toContain('\u001b');
  });

  it('no color is used that cannot be read on a light ground', () =>
    expect(overview(example, { color: true })).not.toMatch(/\u001b\[(?:33|36|34|93|96)m/));
});

it('the next command is the first with a proven repair', () => {
  const bare = aFinding({ fingerprint: 'a', severity: 'critical', fix: aFix({ commands: [] }) });
  const report = aReport({ findings: [bare, aFinding({ fingerprint: 'b' })] });
  expect(lines(report).at(-1)).toBe('Next: irsa-auditor show 2');
  expect(lines(aReport({ findings: [bare] })).at(-1)).toBe('Next: irsa-auditor show 1');
});
