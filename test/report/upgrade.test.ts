import { describe, expect, it } from '@jest/globals';
import type { News, Upgrade } from '../../src/model/news.js';
import type { Report } from '../../src/model/report.js';
import { renderEmail } from '../../src/report/email.js';
import { notificationOf } from '../../src/report/notification.js';
import { aFinding, anUpgrade, aReport, findingsOf, NAMED, someNews } from './report-builder.js';

const mail = (report: Report, news: News): string => renderEmail(report, { threshold: 'low', problems: 50, news, whereReport: null });
const upgraded = (changes: Partial<Upgrade>): News => someNews({ upgrade: anUpgrade(changes) });
const newOnes = (report: Report): Upgrade['problems'] =>
  Object.fromEntries(report.findings.map(({ fingerprint }) => [fingerprint, { kind: 'new' as const, changed: [fingerprint] }]));

describe('what a new version judges differently', () => {
  const report = aReport({
    findings: [
      aFinding({ fingerprint: 'a', severity: 'critical' }),
      aFinding({ fingerprint: 'b', severity: 'high' }),
      aFinding({ fingerprint: 'c', severity: 'low', status: 'reopened' }),
      aFinding({ fingerprint: 'known', severity: 'medium', status: 'open', message: 'Known for long.' }),
    ],
  });
  const news = upgraded({
    problems: { a: { kind: 'new', changed: ['a'] }, b: { kind: 'worse', changed: ['b'] }, c: { kind: 'reopened', changed: ['c'] } },
    milder: [{ ...NAMED, severity: 'medium', was: 'critical' }],
    gone: [{ ...NAMED, fingerprint: 'g', severity: 'high' }],
  });

  it('is one list with the worst first, neither new nor resolved, and told in full nowhere', () => {
    const subject = (name: string): string => `${name}\n    cluster prod in eu-west-1\n    First seen 2026-10-30 05:04 UTC.`;
    const title = 'IAM OIDC provider missing';
    expect(mail(report, news)).toBe(`Account 111122223333: version 0.2.0 judges 5 differently (1 critical,
  1 high)
irsa-auditor, 2026-11-01 06:00 UTC

Looked at 3 clusters in 2 regions, 2 OIDC providers, 14 roles.
Told before and still open: 1 medium.

${'-'.repeat(72)}
JUDGED DIFFERENTLY BY VERSION 0.2.0 (the account need not have changed)
  * critical, new: ${subject(title)}
  * high, more severe: ${subject(title)}
  * low, back again: ${subject(title)}
  * medium, less severe (it was critical): The role is open to every
    service account
    role arn:aws:iam::111122223333:role/app
  * high, not found any more: The role is open to every service
    account
    role arn:aws:iam::111122223333:role/app
`);
  });

  it('is told to machines apart, and filtered by what is new or more severe', () => {
    const notification = notificationOf(report, news, { threshold: 'low', whenClean: false, whereReport: 'x' });
    const { sqs } = JSON.parse(notification?.message ?? '{}') as { sqs: string };
    expect(JSON.parse(sqs)).toMatchObject({
      upgradedTo: '0.2.0',
      findings: [
        { fingerprint: 'a', byUpgrade: true },
        { fingerprint: 'b', byUpgrade: true },
        { fingerprint: 'c', byUpgrade: true },
      ],
      lessSevere: [{ fingerprint: 'n1', severity: 'medium', was: 'critical' }],
      noLongerFound: [{ fingerprint: 'g' }],
      resolved: [],
    });
    expect(notification?.attributes.highestSeverity).toBe('critical');
    const gone = notificationOf(aReport(), upgraded({ gone: [NAMED] }), { threshold: 'low', whenClean: false, whereReport: 'x' });
    expect(gone?.attributes.highestSeverity).toBe('none');
  });

  it('is never cut where it is new and high or critical, as far as a mail can hold it', () => {
    const many = aReport({ findings: [...findingsOf('high', 60), ...findingsOf('low', 60)] });
    const told = mail(many, upgraded({ problems: newOnes(many) }));
    expect(told.match(/^ {2}\* high, new: /gm)).toHaveLength(60);
    expect(told).toContain('  * and 60 more: 60 low\n');
    const all = aReport({ findings: findingsOf('critical', 5_000) });
    expect(mail(all, upgraded({ problems: newOnes(all) }))).toContain('  * and 4900 more: 4900 critical\n');
  });
});
