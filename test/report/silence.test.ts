import { describe, expect, it } from '@jest/globals';
import type { Suppressed } from '../../src/model/report/finding.js';
import type { News, TurnedDown } from '../../src/model/report/report-changes.js';
import type { Report } from '../../src/model/report/report.js';
import { mailOf, notificationOf, type Notification } from '../../src/report/mail/notification.js';
import { renderText } from '../../src/report/screens/text.js';
import { aFinding, allNew, aReport, findingsOf, FIRST, NAMED, someNews } from './report-builder.js';

const mail = (report: Report, news: News): string => mailOf(report, news, { threshold: 'low', whereReport: null }).body;
const text = (report: Report): string => renderText(report, { color: false, width: 100 });
/** Where a line is broken is no matter of these tests. */
const flat = (lines: string): string => lines.replace(/\s+/g, ' ');

function notified(report: Report, news: News): Notification {
  const notification = notificationOf(report, news, { threshold: 'low', whenClean: false, whereReport: 'x' });
  if (notification === null) throw new Error('nothing was told');
  return notification;
}
const summaryOf = ({ message }: Notification): unknown => JSON.parse((JSON.parse(message) as { sqs: string }).sqs);

const BY: Readonly<Record<Suppressed['by'], readonly [Suppressed, string]>> = {
  'settings': [
    { reason: 'known, wave 3', until: '2026-12-31', by: 'settings' },
    'Suppressed by the settings until 2026-12-31: known, wave 3',
  ],
  'tag': [
    { reason: 'the tag irsa-auditor:ignore on the role', until: null, by: 'tag' },
    'Suppressed by the tag irsa-auditor:ignore on the role.',
  ],
  'cluster-selection': [
    { reason: 'the settings leave out the cluster lab in us-east-1', until: null, by: 'cluster-selection' },
    'Suppressed: the settings leave out the cluster lab in us-east-1.',
  ],
};

describe('what is suppressed', () => {
  it.each(Object.values(BY))('is named with who or what suppressed it: %j', (suppressed, words) => {
    const report = aReport({ findings: [aFinding({ severity: 'critical', suppressed })] });
    for (const told of [text(report), mail(report, FIRST), mail(report, someNews({ reminder: true }))])
      for (const part of ['IAM OIDC provider missing', words]) expect(flat(told)).toContain(part);
  });

  it('is only counted where it is medium or below', () => {
    const report = aReport({ findings: [aFinding({ severity: 'medium', suppressed: BY.settings[0] })] });
    for (const told of [text(report), mail(report, FIRST)]) {
      expect(told).toMatch(/: nothing found\n[^]*Suppressed: 1\./);
      expect(told).not.toContain('wave 3');
    }
  });

  it('is never told as nothing found where it is high or critical', () => {
    const report = aReport({ findings: findingsOf('high', 2, { suppressed: BY.settings[0] }) });
    const subject = 'nothing reported; suppressed: 2 high';
    expect(text(report)).toMatch(`Account 111122223333: ${subject}\n`);
    expect(notified(report, FIRST).subject).toBe(`[irsa-auditor] 111122223333: first audit: ${subject}`);
    const some = aReport({ findings: [...report.findings, aFinding({ severity: 'low' })] });
    expect(notified(some, FIRST).subject).toBe('[irsa-auditor] 111122223333: first audit: 1 low; suppressed: 2 high');
  });

  it('is told to machines, as far as there is room', () => {
    const report = aReport({ findings: findingsOf('high', 3_000, { suppressed: { ...BY.settings[0], reason: 'x'.repeat(5_000) } }) });
    const summary = summaryOf(notified(report, FIRST)) as { suppressed: { fingerprint: string }[]; suppressedCut: number };
    expect(summary.suppressed[0]).toMatchObject({ rule: 'provider-missing', severity: 'high', suppressed: { by: 'settings' } });
    expect(summary.suppressed.length + summary.suppressedCut).toBe(3_000);
    expect(flat(mail(report, FIRST))).toContain('* and 2995 more: 2995 high');
  });
});

describe('what was told and is not reported any more', () => {
  const report = aReport({ findings: [aFinding({ ...NAMED, suppressed: BY.settings[0] })] });

  it.each([
    [BY.settings[0], BY.settings[1]],
    ['threshold' as const, 'Its severity is critical, and that is below what is reported.'],
    ['behind' as const, 'It fails only because of another problem, and that is not reported.'],
  ])('is named once, with why: %j', (why, words) => {
    const news = someNews({ silenced: [{ ...NAMED, why }] });
    const told = flat(mail(report, news));
    expect(told).toContain(`STILL OPEN AND NO LONGER REPORTED * critical: role/app: ${NAMED.title}. ${words}`);
    expect(told).not.toContain('SUPPRESSED, HIGH OR CRITICAL');
    const message = notified(report, news);
    expect(message.subject).toBe('[irsa-auditor] 111122223333: 1 critical no longer reported');
    expect(message.attributes.highestSeverity).toBe('critical');
    expect(summaryOf(message)).toMatchObject({ silenced: [{ fingerprint: 'n1', why }], silencedCut: 0 });
  });
});

describe('settings that keep more back', () => {
  it.each<[TurnedDown, string]>([
    [
      {
        what: 'suppression',
        suppression: { rule: 'a-rule', subject: '*', reason: 'known', until: null },
        severities: ['low', 'critical'],
      },
      'a-rule is suppressed on every subject, permanently: known. Findings in this run: 1 critical, 1 low.',
    ],
    [
      { what: 'suppression', suppression: { rule: 'a-rule', subject: 'prod', reason: 'known', until: '2026-12-31' }, severities: [] },
      'a-rule is suppressed on prod until 2026-12-31: known.',
    ],
    [
      { what: 'clusters', clusters: { include: ['prod-*'], exclude: ['lab', 'tag:team=x'] }, severities: ['high'] },
      'Only these clusters are reported: prod-*. These clusters are not reported: lab, tag:team=x. Findings in this run: 1 high.',
    ],
    [{ what: 'threshold', notifyAt: 'critical' }, 'Nothing below severity critical is reported (notifyAt).'],
    [{ what: 'reminders', days: 0 }, 'What stays open is not repeated (reminderDays: 0).'],
    [{ what: 'reminders', days: 30 }, 'What stays open is repeated every 30 days only (reminderDays).'],
    [{ what: 'when-clean' }, 'An audit that finds nothing is not reported any more (notifyWhenClean).'],
    [{ what: 'tags' }, 'A tag irsa-auditor:ignore suppresses findings of severity medium and below (suppressByTag).'],
    [{ what: 'accepted', accepted: { scope: 'eu-west-3', reason: 'closed' } }, 'Accepted as not read: eu-west-3 (closed).'],
    [
      { what: 'not-requested', gap: { what: 'account:ListRegions', scope: 'account' } },
      'Only the regions that the settings name are read (regions).',
    ],
    [
      { what: 'not-requested', gap: { what: 'eks:ListClusters', scope: 'us-east-1' } },
      'The region us-east-1 is not read any more (regions).',
    ],
    [{ what: 'not-requested', gap: { what: 'kubernetes:ListPods', scope: '*' } }, 'Not read any more: pods.'],
  ])('are told in words, on a first run too: %j', (one, words) => {
    for (const first of [false, true])
      expect(flat(mail(aReport(), someNews({ first, turnedDown: [one] })))).toContain(`SETTINGS THAT LIMIT WHAT IS REPORTED * ${words}`);
    const message = notified(aReport(), someNews({ turnedDown: [one] }));
    expect(message.subject).toBe('[irsa-auditor] 111122223333: reporting is limited by the settings');
    expect(summaryOf(message)).toMatchObject({ turnedDown: [{ what: one.what }], turnedDownCut: 0 });
  });

  it('cannot forge a line by what they hold', () => {
    const suppression = { rule: 'a-rule', subject: '*', reason: 'known\n\nAccount 1: nothing found', until: null };
    const told = mail(aReport(), someNews({ turnedDown: [{ what: 'suppression', suppression, severities: [] }] }));
    expect(told).not.toMatch(/^Account 1:/m);
  });
});

describe('a tag without effect', () => {
  const tagged = aFinding({ severity: 'high', tagWithoutEffect: 'cluster' });
  const words =
    'The tag irsa-auditor:ignore on the cluster names this rule. It has no effect: a tag never suppresses what is high or critical.';

  it('is named beside its finding', () => {
    const report = aReport({ findings: [tagged] });
    for (const told of [text(report), mail(report, FIRST), mail(report, allNew(report)), mail(report, someNews({ reminder: true }))])
      expect(flat(told)).toContain(words);
    const mild = aReport({ findings: [{ ...tagged, severity: 'low' }] });
    expect(flat(text(mild))).toContain('It has no effect: suppressByTag is off in the settings.');
  });

  it('is told once when it appears', () => {
    const news = someNews({ tagsWithoutEffect: [{ ...NAMED, on: 'role' }] });
    const message = notified(aReport({ findings: [tagged] }), news);
    expect(message.subject).toBe('[irsa-auditor] 111122223333: 1 tag without effect');
    expect(flat(mail(aReport(), news))).toContain(
      `TAGS WITHOUT EFFECT (irsa-auditor:ignore never suppresses high or critical) * critical: role/app: ${NAMED.title} (tag on the role)`,
    );
    expect(summaryOf(message)).toMatchObject({ tagsWithoutEffect: [{ fingerprint: 'n1', on: 'role' }] });
  });
});

describe('a memory that could not be used', () => {
  it('is told with why, and the machine learns it', () => {
    const news = { ...FIRST, setAside: 'it is from the future (remindedAt: 9999-12-31T23:59:59.000Z; now it is 2026-11-01)' };
    const told = flat(mail(aReport(), news));
    expect(told).toContain('The memory of earlier audits cannot be used: it is from the future (remindedAt: 9999-12-31T23:59:59.000Z;');
    expect(told).toContain('It is kept aside in the bucket, and everything is reported again, as by a first audit.');
    expect(told).not.toContain('This is the first audit');
    expect(summaryOf(notified(aReport(), news))).toMatchObject({ first: true, setAside: news.setAside });
  });
});
