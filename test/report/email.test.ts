import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseInventory } from '../../src/saved/inventory-file.js';
import type { Finding } from '../../src/model/report/finding.js';
import type { News } from '../../src/model/report/report-changes.js';
import type { Report } from '../../src/model/report/report.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { render } from '../../src/report/index.js';
import { firstMail, mailOf, type Telling } from '../../src/report/mail/notification.js';
import { expectGolden } from './golden.js';
import {
  aCoverage,
  aFinding,
  aFix,
  aGap,
  allNew,
  anIncompleteReport,
  anUpgrade,
  aReport,
  aRule,
  DENIED_BY_ORGANISATION,
  findingsOf,
  FIRST,
  NAMED,
  someNews,
} from './report-builder.js';

const mail = (report: Report, news: News = FIRST, options: Partial<Telling> = {}): string =>
  mailOf(report, news, { threshold: 'info', whereReport: null, ...options }).body;
/** Where a line is broken is no matter of these tests. */
const flat = (text: string): string => text.replace(/\s+/g, ' ');
const EXAMPLE = auditInventory(parseInventory(readFileSync('examples/account.json', 'utf8'), 'examples/account.json'), {
  now: '2026-11-01T06:00:00.000Z',
});

/** Findings of as many rules as there are, each rule with some of them. */
function variedFindings(count: number, rules: number): Finding[] {
  return findingsOf('high', count).map((finding, index) => ({ ...finding, rule: `rule-${index % rules}` }));
}

describe('the email', () => {
  it('links the page of the first of several that are one entry', () => {
    const findings = findingsOf('high', 4).map((one, index) => ({
      ...one,
      subject: { type: 'role', id: `arn:aws:iam::111122223333:role/r${index}`, arn: null, region: null } as const,
    }));
    expect(mail(aReport({ findings }))).toMatch(
      /\n1\. HIGH: ×4[^]*\n {3}https:\/\/console\.aws\.amazon\.com\/iam\/home#\/roles\/details\/r0\?section=trust_relationships\n/,
    );
  });

  it('of a clean audit is short', () => {
    expect(mail(aReport())).toBe(`Account 111122223333: first audit: nothing found
2026-11-01 06:00 UTC, scanned 3 clusters in 2 regions, 2 OIDC
  providers, 14 roles
Everything that was scanned is in order.
This is the first audit; later emails say what changes.
`);
  });

  it('says of a problem what and where, who fails since when, the fix with its command, and where the console shows it', () => {
    const report = aReport({
      findings: [aFinding({ related: [{ type: 'service-account', id: 'prod/shop/search', why: 'uses the role' }] })],
    });
    expect(mail(report, allNew(report), { whereReport: 's3://b/latest.txt' })).toBe(`Account 111122223333: 1 new high
2026-11-01 06:00 UTC, scanned 3 clusters in 2 regions, 2 OIDC
  providers, 14 roles
Open: 1 high (1 broken)

1. HIGH: cluster eu-west-1/prod: IAM OIDC provider missing
   Broken, first seen 2026-10-30. Affects sa shop/search.
   (provider-missing)
   Fix: Create the provider.
   $ aws iam create-open-id-connect-provider --url https://example.com/id/1
   https://eu-west-1.console.aws.amazon.com/eks/home?region=eu-west-1#/clusters/prod

Full report: s3://b/latest.txt
To accept a risk, add to irsa-auditor.yaml (irsa-auditor settings put):
  suppressions:
    - { rule: provider-missing, subject: 'prod', reason: WHY, until: YYYY-MM-DD }
Rules: irsa-auditor explain RULE
  provider-missing: https://example.com/why
`);
  });

  it.each([
    ['that holds a policy', aFix({ commands: [`aws iam update-assume-role-policy --policy-document '{"a":1}'`] })],
    ['that is long', aFix({ commands: [`aws iam x ${'y'.repeat(300)}`] })],
    ['that is not proven', aFix({ verified: false })],
    ['that gives somebody access', aFix({ grants: [{ subject: 'system:serviceaccount:a:b', role: 'app', administrative: false }] })],
    ['of several', aFix({ commands: ['aws iam x', 'aws iam y'] })],
    ['that would act', aFix({ commands: ['aws \u202e'] })],
  ])('shows no command %s, but what shows it', (_what, fix) => {
    const told = mail(aReport({ findings: [aFinding({ fingerprint: '0123456789abcdef', fix })] }));
    expect(told.match(/^ +\$ .*/gm)).toEqual(['   $ irsa-auditor show 0123456789ab']);
  });

  it.each([
    ['role', 'arn:aws:iam::111122223333:role/ci/app', null, 'iam/home#/roles/details/app?section=trust_relationships'],
    [
      'provider',
      'arn:aws:iam::111122223333:oidc-provider/x.io/a',
      null,
      'iam/home#/identity_providers/details/OPENID/arn%3Aaws%3Aiam%3A%3A111122223333%3Aoidc-provider%2Fx.io%2Fa',
    ],
    ['service-account', 'prod/shop/search', 'us-east-2', 'eks/home?region=us-east-2#/clusters/prod'],
  ] as const)('links the console for a %s', (type, id, region, path) => {
    const findings = [aFinding({ subject: { type, id, arn: region === null ? id : null, region } })];
    expect(mail(aReport({ findings }))).toContain(`console.aws.amazon.com/${path}\n`);
    expect(mail(aReport({ findings, partition: 'aws-iso' }))).not.toContain('/home');
  });

  it('names what weighs most in a problem, and what else is wrong', () => {
    const findings = [
      aFinding({ fingerprint: 'p', severity: 'low' }),
      aFinding({ fingerprint: 'c', problem: 'p', place: 'co-defect', rule: 'principal-any', severity: 'critical' }),
    ];
    expect(flat(mail(aReport({ findings })))).toContain(
      '1. CRITICAL: cluster eu-west-1/prod: principal-any Broken, first seen 2026-10-30. Also: provider-missing. (principal-any)',
    );
  });

  it('does not call clean what is only below the threshold', () => {
    const text = mail(aReport({ findings: findingsOf('medium', 3) }), FIRST, { threshold: 'high' });
    expect(text).toContain('Account 111122223333: first audit: nothing of severity high or above\n');
    expect(text).toContain('Below severity high: 3 medium.');
    expect(text).not.toContain('in order');
  });

  it('says in one line what was not scanned, and how to accept what an organization forbids', () => {
    const text = mail(anIncompleteReport({ detail: DENIED_BY_ORGANISATION }));
    expect(text).toMatch(/^Account 111122223333: first audit: nothing found \(partial scan\)\n/);
    expect(text).toContain('\nPartial scan: eu-west-3 (denied by SCP)\n');
    expect(text).toContain('acceptUnread: {"scope":"eu-west-3","reason":"closed by an organization policy"}\n');
    const rules = Array.from({ length: 7 }, (_, index) => aRule({ id: `rule-${index}`, crashed: 'Error' }));
    expect(mail(aReport({ complete: false, rules }))).toContain('Partial scan: rule-0 and 6 more (internal error)');
    const many = Array.from({ length: 300 }, (_, index) => aGap({ scope: `region-${index}` }));
    expect(flat(mail(aReport({ complete: false, coverage: aCoverage({ unread: many }) })))).toMatch(
      /Partial scan: [^:]* and 29\d more \(access denied\)/,
    );
  });

  it('counts what is suppressed, accepted and not scanned', () => {
    const report = aReport({
      findings: [aFinding({ suppressed: { reason: 'known', until: null, by: 'settings' }, severity: 'low' })],
      coverage: aCoverage({ notLookedAt: ['pod'], unread: [aGap({ accepted: true, acceptedBecause: 'closed' })] }),
    });
    expect(flat(mail(report))).toContain(
      'Suppressed: 1. Not scanned: pods. Accepted as not scanned: eu-west-3. Apart from what is suppressed',
    );
  });

  it('names rules and links the page of the documentation where it is published', () => {
    const told = mail(aReport({ findings: [aFinding()] }), FIRST, { docsBaseUrl: 'https://docs.example.com/irsa' });
    expect(told).toContain('Rules: irsa-auditor explain RULE, or https://docs.example.com/irsa/rules/RULE.md\n');
    expect(told).toContain('  provider-missing: https://docs.example.com/irsa/rules/provider-missing.md\n');
  });
});

describe('the length of the email', () => {
  const lines = (text: string): number => text.trimEnd().split('\n').length;

  it.each([
    [1, 1],
    [20, 1],
    [20, 20],
    [2_000, 1],
    [2_000, 68],
    [10_000, 300],
  ])('of %i problems of %i rules is at most 60 lines, and all of them are named or counted', (count, rules) => {
    const report = aReport({ findings: variedFindings(count, rules) });
    for (const news of [FIRST, allNew(report)]) {
      const text = mail(report, news);
      expect(lines(text)).toBeLessThanOrEqual(58);
      const shown = [...text.matchAll(/^\d+\. HIGH: (?:×(\d+))?/gm)].reduce((sum, [, times]) => sum + Number(times ?? 1), 0);
      const left = Number(/Not shown in this email: (\d+) high\./.exec(text)?.[1] ?? 0);
      expect(shown + left).toBe(count);
    }
  });

  it('stays so whatever else there is to tell, and every kind of news is there', () => {
    const report = {
      ...anIncompleteReport({ detail: DENIED_BY_ORGANISATION }),
      accountAlias: 'x'.repeat(63),
      findings: [
        ...variedFindings(500, 40),
        ...findingsOf('critical', 50, { suppressed: { reason: 'known '.repeat(200), until: null, by: 'settings' } }),
      ],
      carriedOver: [
        {
          rule: 'r',
          severity: 'high' as const,
          subject: NAMED.subject,
          fingerprint: 'c',
          firstSeen: '2026-01-01T00:00:00.000Z',
          lastSeen: '2026-01-01T00:00:00.000Z',
        },
      ],
    };
    const many = Array.from({ length: 50 }, (_, index) => ({ ...NAMED, fingerprint: `s${index}` }));
    const news = allNew(report, {
      silenced: many.map((one) => ({ ...one, why: 'threshold' as const })),
      turnedDown: Array.from({ length: 50 }, () => ({ what: 'tags' as const })),
      tagsWithoutEffect: many.map((one) => ({ ...one, on: 'role' as const })),
      resolved: many.map((one) => ({
        ...one,
        firstSeen: one.fingerprint,
        problem: one.fingerprint,
        how: 'passed' as const,
        remaining: [],
      })),
      upgrade: anUpgrade({ gone: many }),
      gapsOver: [{ what: 'eks:ListClusters', scope: 'us-east-1', reason: 'denied', since: '2026-10-30T06:00:00.000Z', told: true }],
      reminder: true,
    });
    const text = mail(report, news, { whereReport: 's3://b', reportLink: 'https://example.com' });
    expect(lines(text)).toBeLessThanOrEqual(60);
    for (const title of [
      'SETTINGS THAT',
      'STILL OPEN AND',
      'TAGS WITHOUT',
      'FIXED',
      'RATED DIFFERENTLY',
      'STILL OPEN,',
      'SCANNED AGAIN',
      'SUPPRESSED, HIGH',
    ])
      expect(text).toContain(`\n${title}`);
    expect(text).toMatch(/^1\. HIGH/m);
  });

  it('is spent on several rules, not ten times on one', () => {
    const report = aReport({
      findings: [
        ...findingsOf('high', 1_800, { rule: 'action-wrong' }),
        ...variedFindings(30, 6).map((one) => ({ ...one, fingerprint: `v${one.fingerprint}`, problem: `v${one.fingerprint}` })),
      ],
    });
    const heads = mail(report).match(/^\d+\. HIGH: .*/gm) ?? [];
    expect(new Set(heads.map((head) => head.replace(/^.*: /, ''))).size).toBe(7);
  });

  it('keeps within 72 columns but for what has to be copied or opened whole', () => {
    const long = mail(EXAMPLE)
      .split('\n')
      .filter((line) => line.length > 72 && !/^ +(\$ |https:|- \{|[\w-]+: https:)|acceptUnread: \{/.test(line));
    expect(long).toEqual([]);
  });
});

describe('the subject of the email', () => {
  const subject = (report: Report, news: News): string => mailOf(report, news, { threshold: 'low', whereReport: null }).subject;
  const resolved = [{ ...NAMED, firstSeen: '2026-10-20T06:00:00.000Z', problem: 'n1', how: 'passed' as const, remaining: [] }];
  const mixed = aReport({ accountAlias: 'harbour-lane-prod', findings: [...findingsOf('critical', 1), ...findingsOf('high', 2)] });

  it.each<[string, Report, News, string]>([
    ['what has changed', mixed, allNew(mixed, { resolved }), 'harbour-lane-prod: 1 new critical, 2 new high, 1 fixed'],
    ['that it is the first', mixed, FIRST, 'harbour-lane-prod: first audit: 1 critical, 2 high'],
    ['that nothing was found', aReport(), someNews(), '111122223333: nothing found'],
    ['that it is a reminder', mixed, someNews({ reminder: true }), 'harbour-lane-prod: reminder: 1 critical, 2 high open'],
    [
      'that not everything was scanned',
      { ...mixed, complete: false },
      allNew(mixed),
      'harbour-lane-prod: partial scan; 1 new critical, 2 new high',
    ],
  ])('says %s', (_what, report, news, words) => expect(subject(report, news)).toBe(`[irsa-auditor] ${words}`));

  it('shortens the alias and never what has happened, in at most 99 characters', () => {
    for (const length of [1, 20, 40, 63]) {
      const report = { ...mixed, accountAlias: 'a'.repeat(length), complete: false };
      const told = subject(report, allNew(mixed, { resolved }));
      expect(told.length).toBeLessThanOrEqual(99);
      expect(told).toMatch(/^\[irsa-auditor\] a+(\.\.\.)?: partial scan; 1 new critical, 2 new high, 1 fixed$/);
    }
  });
});

describe('what the command line shows', () => {
  it('D11: is the email that is sent, with its subject', () => {
    const { subject, body } = mailOf(EXAMPLE, FIRST, { threshold: 'low', whereReport: null });
    expect(render(EXAMPLE, 'email', { color: false, width: null })).toBe(`Subject: ${subject}\n\n${body}`);
    expectGolden(
      'email-first.txt',
      firstMail(
        { ...EXAMPLE, accountAlias: 'harbour-lane-prod' },
        { threshold: 'low', whereReport: 's3://irsaauditor-reports/latest.txt' },
      ),
    );
  });
});
