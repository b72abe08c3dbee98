import { describe, expect, it } from '@jest/globals';
import type { News, Resolved } from '../../src/model/news.js';
import type { Report } from '../../src/model/report.js';
import { renderEmail } from '../../src/report/email.js';
import { notificationOf } from '../../src/report/notification.js';
import { renderText } from '../../src/report/text.js';
import { aFinding, aGap, anIncompleteReport, anUpgrade, aReport, findingsOf, FIRST, NAMED, someNews } from './report-builder.js';

const ROLE = 'arn:aws:iam::111122223333:role/app';
const mail = (report: Report, news: News): string => renderEmail(report, { threshold: 'low', problems: 50, news, whereReport: null });
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

  it('tells what is new and what is gone, and only counts what the reader knows', () => {
    expect(mail(aReport({ findings: [fresh, known] }), news)).toBe(`Account 111122223333: 1 high new, 2 resolved
irsa-auditor, 2026-11-01 06:00 UTC

Looked at 3 clusters in 2 regions, 2 OIDC providers, 14 roles.
Told before and still open: 1 medium.

${'-'.repeat(72)}
1. HIGH, new: IAM OIDC provider missing
  cluster prod in eu-west-1
  First seen 2026-11-01 06:00 UTC

  No IAM OIDC provider has the issuer of cluster prod.

  Rule: provider-missing (docs/rules/provider-missing.md)

${'-'.repeat(72)}
RESOLVED
  * high: the trust policy names another service account
    role ${ROLE}
    First seen 2026-10-20 06:00 UTC.
    With it: a condition key is malformed.
  * high: the trust policy names another service account
    role ${ROLE}
    First seen 2026-10-20 06:00 UTC. It does not exist any more.
    Still wrong there: a placeholder was left.
`);
  });

  it('says of a problem that it is back, or worse, or that its suppression has ended', () => {
    const told = (changes: Partial<typeof fresh>, kind: 'reopened' | 'worse'): string =>
      mail(aReport({ findings: [{ ...fresh, ...changes }] }), someNews({ changed: { fresh: { kind, changed: ['fresh'] } } }));
    expect(told({}, 'reopened')).toMatch(
      /1 high back again\n[^]*1\. HIGH, back again: [^]*First seen 2026-11-01 06:00 UTC; it was away and is back\./,
    );
    expect(told({}, 'worse')).toMatch(/1 high worse\n[^]*1\. HIGH, worse: [^]*UTC; it has become worse\./);
    expect(flat(told({ suppressionEnded: { reason: 'wave 3', until: '2026-10-31', by: 'settings' } }, 'reopened'))).toContain(
      'Its suppression ended on 2026-10-31: wave 3.',
    );
  });

  it('lists what is still open when a reminder is due', () => {
    const reminder = mail(aReport({ findings: [known], carriedOver: [CARRIED] }), someNews({ reminder: true }));
    expect(reminder).toMatch(/^Account 111122223333: still open: 1 medium\n/);
    expect(reminder).toMatch(/STILL OPEN\n {2}\* medium: IAM OIDC provider missing\n {4}cluster prod in eu-west-1\n/);
    expect(reminder).toMatch(
      /OPEN AS FAR AS IS KNOWN\n {2}\* high: provider-missing\n {4}cluster lab in eu-west-3\n {4}Last seen 2026-10-30/,
    );
    expect(reminder).not.toContain('Known for long.');
  });

  it('lists a problem by what is gravest in it, not by what leads it', () => {
    const primary = aFinding({ fingerprint: 'p', severity: 'low' });
    const grave = aFinding({ fingerprint: 'g', problem: 'p', place: 'co-defect', severity: 'critical', rule: 'principal-any' });
    const { subject } = NAMED;
    const reminder = mail(aReport({ findings: [primary, { ...grave, subject }] }), someNews({ reminder: true }));
    expect(reminder).toMatch(/STILL OPEN\n {2}\* critical: principal-any\n {4}role arn:aws:iam::111122223333:role\/app\n/);
  });

  it('explains a gap once, and then only says that it is there', () => {
    const report = anIncompleteReport();
    const begun = mail(report, someNews({ gapsBegun: report.coverage.unread }));
    expect(begun).toMatch(/INCOMPLETE: not everything could be read[^]*\* .*denied/);
    const later = mail(report, someNews({ reminder: true }));
    expect(flat(later)).toMatch(
      /INCOMPLETE: not everything could be read\. .*\* still without an answer, as told before: eks:ListClusters in eu-west-3 /,
    );
    expect(later).not.toMatch(/Allow this action/);
  });

  it('says when a gap is closed', () => {
    const gap = { what: 'eks:ListClusters', scope: 'eu-west-3', reason: 'denied' as const, since: '2026-10-30T06:00:00.000Z', told: true };
    expect(flat(mail(aReport(), someNews({ gapsOver: [gap] })))).toMatch(
      /^Account 111122223333: complete again, nothing new .* READ AGAIN \* eks:ListClusters in eu-west-3, unanswered since 2026-10-30 06:00 UTC /,
    );
  });

  it('says of what could not be looked at again that it may be there still, and never that all is in order', () => {
    const report = aReport({ carriedOver: [CARRIED] });
    for (const text of [mail(report, FIRST), mail(report, someNews()), renderText(report, { color: false, width: 80 })]) {
      expect(flat(text)).toContain('1 finding of earlier runs could not be looked at again and may be there still.');
      expect(text).not.toContain('in order');
    }
  });
});

describe('the mail of the first run', () => {
  it('tells the ten worst and counts the others', () => {
    const report = aReport({ findings: [...findingsOf('low', 3_000), ...findingsOf('high', 4)] });
    const { message } = notificationOf(report, FIRST, { threshold: 'low', whenClean: false, whereReport: 'the bucket' }) ?? {
      message: '{}',
    };
    const { email = '' } = JSON.parse(message) as { email?: string };
    expect(email.match(/^\d+\. [A-Z]+: /gm)).toHaveLength(10);
    expect(email).toContain('The worst are above. Not told in this mail: 2994 low.');
    expect(email).toContain('The whole report: the bucket');
    expect(email).toContain('This is the first audit.');
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
