import { describe, expect, it } from '@jest/globals';
import { atLeast } from '../../src/model/report/finding.js';
import type { Report } from '../../src/model/report/report.js';
import { MESSAGE_LIMIT, notificationOf, type Notification, type NotificationOptions } from '../../src/report/mail/notification.js';
import { aCoverage, aFinding, aFix, aGap, allNew, anIncompleteReport, aReport, findingsOf } from './report-builder.js';

/** A later run to which everything at the threshold is new. */
const notify = (report: Report, options: Partial<NotificationOptions> = {}): Notification | null => {
  const { threshold = 'low' } = options;
  const seen = {
    ...report,
    findings: report.findings.filter(({ severity, suppressed }) => suppressed === null && atLeast(severity, threshold)),
  };
  return notificationOf(report, allNew(seen), { threshold, whenClean: false, whereReport: 'log group x', ...options });
};

function told(report: Report, options: Partial<NotificationOptions> = {}): Notification {
  const notification = notify(report, options);
  if (notification === null) throw new Error('nothing was told');
  return notification;
}

const bodiesOf = ({ message }: Notification): Record<string, string> => JSON.parse(message) as Record<string, string>;

interface Summary {
  readonly counts: Record<string, number>;
  readonly findings: {
    fingerprint: string;
    message: string;
    related: unknown[];
    relatedCut: number;
    fix: { commands: string[]; commandsCut: number } | null;
  }[];
  readonly cut: number;
  readonly unread: unknown[];
  readonly unreadCut: number;
}
const summaryOf = (notification: Notification): Summary => JSON.parse(bodiesOf(notification)['sqs'] ?? '') as Summary;
const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

/** The lists beside the findings, each empty. */
const LISTS = ['silenced', 'turnedDown', 'tagsWithoutEffect', 'suppressed', 'lessSevere', 'noLongerFound'];
const NO_LISTS: object = Object.fromEntries<unknown>(LISTS.flatMap((list) => [[list, []] as const, [`${list}Cut`, 0] as const]));

describe('whether there is something to tell', () => {
  it.each([
    ['a clean audit', aReport(), {}, false],
    ['a clean audit, when it is asked for', aReport(), { whenClean: true }, true],
    ['an incomplete audit that found nothing', anIncompleteReport(), {}, true],
    ['a finding at the threshold', aReport({ findings: findingsOf('medium', 1) }), { threshold: 'medium' as const }, true],
    ['a finding below the threshold', aReport({ findings: findingsOf('low', 1) }), { threshold: 'medium' as const }, false],
    ['an info finding, by default', aReport({ findings: findingsOf('info', 1) }), {}, false],
    [
      'a suppressed finding alone',
      aReport({ findings: [aFinding({ suppressed: { reason: 'known', until: null, by: 'settings' } })] }),
      {},
      false,
    ],
  ])('%s', (_what, report, options, expected) => expect(notify(report, options) !== null).toBe(expected));
});

describe('the subject', () => {
  it.each([
    [
      'the counts, worst first',
      aReport({ findings: [...findingsOf('medium', 1), ...findingsOf('high', 2)] }),
      {},
      '[irsa-auditor] 111122223333: 2 new high, 1 new medium',
    ],
    [
      'that the audit is incomplete',
      { ...anIncompleteReport(), findings: findingsOf('high', 1) },
      {},
      '[irsa-auditor] 111122223333: partial scan; 1 new high',
    ],
    ['that an incomplete one found nothing', anIncompleteReport(), {}, '[irsa-auditor] 111122223333: partial scan; nothing found'],
    ['that all is well', aReport(), { whenClean: true }, '[irsa-auditor] 111122223333: nothing found'],
    [
      'no more than the threshold allows',
      aReport({ findings: findingsOf('low', 1) }),
      { whenClean: true, threshold: 'high' as const },
      '[irsa-auditor] 111122223333: nothing of severity high or above',
    ],
  ])('says %s', (_what, report, options, subject) => expect(told(report, options).subject).toBe(subject));

  it('is at most 99 printable ASCII characters, whatever the account is called', () => {
    const { subject } = told(aReport({ account: `\r\nBcc: ü${'x'.repeat(200)}`, findings: findingsOf('high', 1) }));
    expect(subject).toMatch(/^\[irsa-auditor\] [\x20-\x7e]*\.\.\.$/);
    expect(subject).toHaveLength(99);
  });
});

describe('the bodies', () => {
  const suppressed = aFinding({
    fingerprint: 'quiet',
    message: 'quiet',
    severity: 'medium',
    suppressed: { reason: 'known', until: null, by: 'settings' },
  });
  const finding = aFinding({
    evidence: [{ what: 'issuer', path: null, found: 'quoted', expected: null }],
    fix: aFix({ patches: [{ resource: 'r', region: null, kind: 'provider', before: null, after: {} }] }),
  });
  const notification = told(aReport({ findings: [finding, suppressed, ...findingsOf('info', 2)] }));

  it('are one for each protocol, all of them strings', () => {
    const bodies = bodiesOf(notification);
    expect(Object.keys(bodies).sort()).toEqual(['default', 'email', 'http', 'https', 'lambda', 'sms', 'sqs']);
    expect(Object.values(bodies).every((body) => typeof body === 'string')).toBe(true);
  });

  it('are for people in mails and by default', () => {
    const { email, default: fallback } = bodiesOf(notification);
    expect(email).toMatch(
      /^Account 111122223333: 1 new high\n[^]*\$ aws iam create-open-id-connect-provider[^]*Full report: log group x\n/,
    );
    expect(fallback).toBe(email);
  });

  it('are a summary for machines, without evidence and patches', () => {
    const { sqs, lambda, http, https } = bodiesOf(notification);
    expect(JSON.parse(sqs ?? '')).toEqual({
      schemaVersion: 1,
      account: '111122223333',
      accountAlias: null,
      partition: 'aws',
      generatedAt: '2026-11-01T06:00:00.000Z',
      complete: true,
      first: false,
      setAside: null,
      upgradedTo: null,
      threshold: 'low',
      counts: { critical: 0, high: 1, medium: 0, low: 0, info: 0 },
      stillOpen: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
      carriedOver: 0,
      belowThreshold: 2,
      findings: [
        {
          rule: 'provider-missing',
          cause: 'provider-missing',
          severity: 'high',
          confidence: 'certain',
          subject: finding.subject,
          place: 'primary',
          problem: 'f1',
          related: [],
          relatedCut: 0,
          message: finding.message,
          error: null,
          fingerprint: 'f1',
          status: 'new',
          firstSeen: finding.firstSeen,
          byUpgrade: false,
          tagWithoutEffect: null,
          fix: {
            summary: 'Create the provider.',
            verified: true,
            commands: finding.fix?.commands,
            commandsCut: 0,
            grants: [],
            grantsCut: 0,
          },
        },
      ],
      cut: 0,
      resolved: [],
      resolvedCut: 0,
      unread: [],
      unreadCut: 0,
      ...NO_LISTS,
      whereReport: 'log group x',
    });
    expect([lambda, http, https]).toEqual([sqs, sqs, sqs]);
  });

  it('are one short line for telephones', () => {
    const { sms } = bodiesOf(notification);
    expect(sms).toBe('[irsa-auditor] 111122223333: 1 new high');
  });

  it('do not tell what is suppressed and neither high nor critical', () => expect(notification.message).not.toContain('quiet'));

  it('name the gaps', () => {
    const message = told(anIncompleteReport());
    expect(summaryOf(message)).toMatchObject({
      complete: false,
      unread: [{ what: 'eks:ListClusters', scope: 'eu-west-3', reason: 'denied' }],
    });
  });
});

describe('the size', () => {
  const quotes = '"\\'.repeat(2_000);
  const cases: [string, Report][] = [
    ['ten thousand findings', aReport({ findings: findingsOf('high', 10_000) })],
    [
      'ten thousand, each of them full of quotes',
      aReport({ findings: findingsOf('high', 10_000, { message: quotes, error: quotes, fix: aFix({ commands: [quotes, quotes] }) }) }),
    ],
    ['ten thousand in letters of four bytes', aReport({ findings: findingsOf('low', 10_000, { message: '😀'.repeat(300) }) })],
    [
      'ten thousand gaps',
      aReport({
        complete: false,
        coverage: aCoverage({ unread: Array.from({ length: 10_000 }, (_, i) => aGap({ scope: `region/${i}` })) }),
      }),
    ],
    ['gaps with names longer than AWS allows', anIncompleteReport({ scope: quotes.repeat(50) })],
    [
      'one finding that touches ten thousand roles',
      aReport({
        findings: [
          aFinding({ related: Array.from({ length: 10_000 }, (_, i) => ({ type: 'role' as const, id: `arn:${i}`, why: 'trusts' })) }),
        ],
      }),
    ],
  ];

  it.each(cases)('of %s stays within what SNS takes', (_what, report) => {
    const { message, subject, attributes } = told(report);
    const attributeBytes = Object.entries(attributes).reduce((sum, [name, value]) => sum + bytes(`${name}String${value}`), 0);
    expect(bytes(message) + bytes(subject) + attributeBytes).toBeLessThanOrEqual(MESSAGE_LIMIT);
    const { sqs = '', sms = '', email = '' } = bodiesOf({ message, subject, attributes });
    expect(bytes(sqs)).toBeLessThanOrEqual(40_000);
    expect(sms.length).toBeLessThanOrEqual(140);
    expect(email).toMatch(/^Account 111122223333/);
  });

  it('is reached by cutting the mildest first, and the cut is told', () => {
    const findings = [...findingsOf('low', 5_000), ...findingsOf('critical', 3), ...findingsOf('medium', 5_000)];
    const message = told(aReport({ findings }));
    const summary = summaryOf(message);
    expect(summary.findings.slice(0, 3).map(({ fingerprint }) => fingerprint)).toEqual(['critical-0', 'critical-1', 'critical-2']);
    expect(summary.findings.length).toBeGreaterThan(30);
    expect(summary.findings.length + summary.cut).toBe(10_003);
    expect(summary.counts).toEqual({ critical: 3, high: 0, medium: 5_000, low: 5_000, info: 0 });
    expect(bodiesOf(message)['email']).toMatch(/^\d+\. MEDIUM: ×5000: /m);
  });

  it('leaves out the tail of long lists inside a finding, and says so', () => {
    const related = Array.from({ length: 30 }, (_, i) => ({ type: 'role' as const, id: `arn:${i}`, why: 'trusts' }));
    const [first, second] = summaryOf(
      told(
        aReport({
          findings: [
            aFinding({ related, message: 'x'.repeat(5_000), fix: aFix({ commands: ['a', 'x'.repeat(6_000)] }) }),
            aFinding({ fingerprint: 'f2', fix: null }),
          ],
        }),
      ),
    ).findings;
    expect(first).toMatchObject({ relatedCut: 20, message: `${'x'.repeat(1_000)}…`, fix: { commands: [], commandsCut: 2 } });
    expect(first?.related).toHaveLength(10);
    expect(second?.fix).toBeNull();
  });
});
