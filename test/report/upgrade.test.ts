import { describe, expect, it } from '@jest/globals';
import type { News, Upgrade } from '../../src/model/report/report-changes.js';
import type { Report } from '../../src/model/report/report.js';
import { mailOf, notificationOf } from '../../src/report/mail/notification.js';
import { aFinding, anUpgrade, aReport, findingsOf, NAMED, someNews } from './report-builder.js';

const mail = (report: Report, news: News): string => mailOf(report, news, { threshold: 'low', whereReport: null }).body;
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

  it('is one list with the worst first, neither new nor fixed, and told in full nowhere', () => {
    expect(mail(report, news)).toBe(`Account 111122223333: version 0.2.0 rates 5 differently (1 critical, 1
  high)
2026-11-01 06:00 UTC, scanned 3 clusters in 2 regions, 2 OIDC
  providers, 14 roles
Open: 1 critical, 1 high, 1 medium, 1 low (4 broken)

RATED DIFFERENTLY BY VERSION 0.2.0 (the account may not have changed)
* critical, new: IAM OIDC provider missing: cluster eu-west-1/prod
* high, more severe: IAM OIDC provider missing: cluster eu-west-1/prod
* low, reopened: IAM OIDC provider missing: cluster eu-west-1/prod
* medium, less severe (it was critical): The role is open to
  every service account: role/app
* high, no longer found: The role is open to every service account:
  role/app
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

  it('is one line for all of a rule, and what is cut is counted by severity', () => {
    const many = aReport({ findings: [...findingsOf('high', 60), ...findingsOf('low', 60)] });
    const told = mail(many, upgraded({ problems: newOnes(many) }));
    expect(told.match(/^\* (?:high|low), new: .* ×60: /gm)).toHaveLength(2);
    const rules = aReport({ findings: findingsOf('critical', 40).map((one, index) => ({ ...one, rule: `rule-${index}` })) });
    expect(mail(rules, upgraded({ problems: newOnes(rules) }))).toContain('* and 35 more: 35 critical\n');
  });
});
