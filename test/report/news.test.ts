import { describe, expect, it } from '@jest/globals';
import type { News, Resolved } from '../../src/model/report/report-changes.js';
import type { Report } from '../../src/model/report/report.js';
import { mailOf, notificationOf } from '../../src/report/mail/notification.js';
import { renderText } from '../../src/report/screens/text.js';
import { aFinding, aGap, anIncompleteReport, anUpgrade, aReport, FIRST, NAMED, someNews } from './report-builder.js';

const ROLE = 'arn:aws:iam::111122223333:role/app';
const mail = (report: Report, news: News): string => mailOf(report, news, { threshold: 'low', whereReport: null }).body;
/** Where a line is broken is no matter of these tests. */
const flat = (text: string): string => text.replace(/\s+/g, ' ');

function resolved(changes: Partial<Resolved> = {}): Resolved {
  return {
    fingerprint: 'r1',
    rule: 'subject-mismatch',
    title: 'the trust policy names another service account',
    subject: { type: 'role', id: ROLE, arn: ROLE, region: null },
    severity: 'high',
    firstSeen: '2026-10-20T06:00:00.000Z',
    problem: 'r1',
    how: 'passed',
    remaining: [],
    ...changes,
  };
}

const CARRIED = {
  rule: 'provider-missing',
  severity: 'high' as const,
  subject: { type: 'cluster' as const, id: 'lab', arn: 'arn:aws:eks:eu-west-3:111122223333:cluster/lab', region: 'eu-west-3' },
  fingerprint: 'c1',
  firstSeen: '2026-10-01T06:00:00.000Z',
  lastSeen: '2026-10-30T06:00:00.000Z',
};

describe('the mail of a later run', () => {
  const known = aFinding({ fingerprint: 'known', status: 'open', severity: 'medium', message: 'Known for long.' });
  const fresh = aFinding({ fingerprint: 'fresh', firstSeen: '2026-11-01T06:00:00.000Z', fix: null });
  const news = someNews({
    changed: { fresh: { kind: 'new', changed: ['fresh'] } },
    resolved: [
      resolved(),
      resolved({ fingerprint: 'r2', rule: 'key-malformed', title: 'a condition key is malformed', problem: 'r1' }),
      resolved({ fingerprint: 'r3', problem: 'r3', how: 'gone', remaining: ['a placeholder was left'] }),
    ],
  });

  it('tells what is new and what is fixed, and only counts what the reader knows', () => {
    expect(mail(aReport({ findings: [fresh, known] }), news)).toBe(`Account 111122223333: 1 new high, 2 fixed
2026-11-01 06:00 UTC, scanned 3 clusters in 2 regions, 2 OIDC
  providers, 14 roles
Open: 1 high, 1 medium (2 broken)

1. HIGH: cluster eu-west-1/prod: IAM OIDC provider missing
   Broken. (provider-missing)
   Details: irsa-auditor show fresh
   https://eu-west-1.console.aws.amazon.com/eks/home?region=eu-west-1#/clusters/prod

FIXED
* high: role/app: the trust policy names another service
  account; also fixed: a condition key is malformed
* high: role/app: the trust policy names another service account (it
  does not exist anymore); still wrong: a placeholder was left

To accept a risk, add to irsa-auditor.yaml (irsa-auditor settings put):
  suppressions:
    - { rule: provider-missing, subject: 'prod', reason: WHY, until: YYYY-MM-DD }
Rules: irsa-auditor explain RULE
  provider-missing: https://example.com/why
`);
  });

  it('says of a problem that it is back, or worse, or that its suppression has ended', () => {
    const earlier = { ...fresh, firstSeen: '2026-10-20T06:00:00.000Z' };
    const told = (changes: Partial<typeof fresh>, kind: 'reopened' | 'worse'): string =>
      flat(mail(aReport({ findings: [{ ...earlier, ...changes }] }), someNews({ changed: { fresh: { kind, changed: ['fresh'] } } })));
    expect(told({}, 'reopened')).toMatch(/1 reopened high .*1\. HIGH, reopened: .*first seen 2026-10-20, fixed since and back\./);
    expect(told({}, 'worse')).toMatch(/1 raised to high .*1\. HIGH, raised: /);
    expect(told({ suppressionEnded: { reason: 'wave 3', until: '2026-10-31', by: 'settings' } }, 'reopened')).toContain(
      'Its suppression ended on 2026-10-31: wave 3.',
    );
  });

  it('names the five oldest with their age when a reminder is due, and how many there are of each rule', () => {
    const old = Array.from({ length: 7 }, (_, index) =>
      aFinding({ ...known, fingerprint: `k${index}`, problem: `k${index}`, firstSeen: `2026-10-${20 + index}T06:00:00.000Z` }),
    );
    const report = aReport({ findings: [...old].reverse(), carriedOver: [CARRIED] });
    const reminder = mail(report, someNews({ reminder: true }));
    expect(reminder).toMatch(/^Account 111122223333: reminder: 7 medium open\n/);
    expect(reminder).toMatch(
      /STILL OPEN, the 5 oldest of 8\n\* 31 days, high: cluster eu-west-3\/lab: provider-missing \(last seen\n {2}2026-10-30/,
    );
    expect(reminder.match(/^\* \d+ days/gm)).toEqual(['* 31 days', '* 12 days', '* 11 days', '* 10 days', '* 9 days']);
    expect(reminder).toContain('By rule: 7 provider-missing\n');
    expect(reminder).not.toContain('Known for long.');
  });

  it('D7: has the true severity of a reminder to filter by', () => {
    const options = { threshold: 'low', whenClean: false, whereReport: 'x' } as const;
    const highest = (report: Report): string | undefined =>
      notificationOf(report, someNews({ reminder: true }), options)?.attributes.highestSeverity;
    expect(highest(aReport({ findings: [known, aFinding({ severity: 'critical', status: 'open' })] }))).toBe('critical');
    expect(highest(aReport({ carriedOver: [CARRIED] }))).toBe('high');
  });

  it('lists a problem by what is gravest in it, not by what leads it', () => {
    const primary = aFinding({ fingerprint: 'p', severity: 'low' });
    const grave = aFinding({ fingerprint: 'g', problem: 'p', place: 'co-defect', severity: 'critical', rule: 'principal-any' });
    const { subject } = NAMED;
    const reminder = mail(aReport({ findings: [primary, { ...grave, subject }] }), someNews({ reminder: true }));
    expect(reminder).toMatch(/STILL OPEN, the oldest first\n\* 2 days, critical: role\/app: principal-any\n/);
  });

  it('says of a gap whether it is new', () => {
    const report = anIncompleteReport();
    expect(mail(report, someNews({ gapsBegun: report.coverage.unread }))).toContain('\nPartial scan: eu-west-3 (access denied)\n');
    expect(mail(report, someNews({ reminder: true }))).toContain('\nPartial scan, as before: eu-west-3 (access denied)\n');
    const more = aReport({
      complete: false,
      coverage: { ...report.coverage, unread: [...report.coverage.unread, aGap({ scope: 'us-east-1' })] },
    });
    expect(flat(mail(more, someNews({ gapsBegun: report.coverage.unread })))).toContain(
      'Partial scan, new: eu-west-3 (access denied) Partial scan, as before: us-east-1 (access denied)',
    );
  });

  it('says when a gap is closed', () => {
    const gap = { what: 'eks:ListClusters', scope: 'eu-west-3', reason: 'denied' as const, since: '2026-10-30T06:00:00.000Z', told: true };
    expect(flat(mail(aReport(), someNews({ gapsOver: [gap] })))).toMatch(
      /^Account 111122223333: complete again, nothing new .* SCANNED AGAIN \* eks:ListClusters in eu-west-3, unanswered since 2026-10-30 06:00 UTC/,
    );
  });

  it('says of what could not be looked at again that it may be there still, and never that all is in order', () => {
    const report = aReport({ carriedOver: [CARRIED] });
    for (const text of [mail(report, FIRST), mail(report, someNews()), renderText(report, { color: false, width: 80 })]) {
      expect(flat(text)).toContain('1 finding of earlier runs could not be scanned again and may be there still.');
      expect(text).not.toContain('in order');
    }
  });
});

describe('whether a later run says anything', () => {
  const told = (report: Report, news: News, whenClean = false): boolean =>
    notificationOf(report, news, { threshold: 'low', whenClean, whereReport: 'x' }) !== null;
  const open = aReport({ findings: [aFinding({ status: 'open' })] });

  it.each<[string, Report, News, boolean, boolean]>([
    ['nothing has changed', open, someNews(), false, false],
    ['nothing is wrong', aReport(), someNews(), false, false],
    ['nothing is wrong, and that is to be told', aReport(), someNews(), true, true],
    ['something is open, and only all being well is to be told', open, someNews(), true, false],
    ['something may be open still', aReport({ carriedOver: [CARRIED] }), someNews(), true, false],
    ['it is the first run', aReport(), FIRST, false, true],
    ['a problem has changed', open, someNews({ changed: { f1: { kind: 'worse', changed: ['f1'] } } }), false, true],
    ['a new version judges differently', open, someNews({ upgrade: anUpgrade() }), false, true],
    ['the settings keep more back', open, someNews({ turnedDown: [{ what: 'tags' }] }), false, true],
    ['what was told is suppressed', open, someNews({ silenced: [{ ...NAMED, why: 'threshold' }] }), false, true],
    ['a tag has appeared that has no effect', open, someNews({ tagsWithoutEffect: [{ ...NAMED, on: 'role' }] }), false, true],
    ['something is resolved', aReport(), someNews({ resolved: [resolved()] }), false, true],
    ['a reminder is due', open, someNews({ reminder: true }), false, true],
    ['a gap has begun', anIncompleteReport(), someNews({ gapsBegun: [aGap()] }), false, true],
    ['a gap that was told is there', anIncompleteReport(), someNews(), false, false],
  ])('%s', (_what, report, news, whenClean, expected) => expect(told(report, news, whenClean)).toBe(expected));

  it('tells machines what is resolved', () => {
    const { message } = notificationOf(open, someNews({ resolved: [resolved()] }), {
      threshold: 'low',
      whenClean: false,
      whereReport: 'x',
    }) ?? {
      message: '{}',
    };
    const { sqs = '{}' } = JSON.parse(message) as { sqs?: string };
    expect(JSON.parse(sqs)).toMatchObject({
      first: false,
      findings: [],
      stillOpen: { high: 1 },
      resolved: [{ fingerprint: 'r1', rule: 'subject-mismatch', how: 'passed', subject: { id: ROLE } }],
      resolvedCut: 0,
    });
  });
});
