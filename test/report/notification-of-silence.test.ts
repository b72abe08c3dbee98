import { describe, expect, it } from '@jest/globals';
import { MESSAGE_LIMIT, notificationOf } from '../../src/report/mail/notification.js';
import { allNew, anIncompleteReport, aReport, findingsOf, NAMED, someNews } from './report-builder.js';

const OPTIONS = { threshold: 'low', whenClean: false, whereReport: 'x' } as const;

describe('the attributes to filter by', () => {
  it.each([
    [
      aReport({ findings: [...findingsOf('low', 1), ...findingsOf('critical', 1)] }),
      { account: '111122223333', highestSeverity: 'critical', complete: 'true' },
    ],
    [anIncompleteReport(), { account: '111122223333', highestSeverity: 'none', complete: 'false' }],
  ])('%#', (report, attributes) => expect(notificationOf(report, allNew(report), OPTIONS)?.attributes).toEqual(attributes));

  it('weigh what is silenced as much as what is found', () => {
    for (const news of [
      someNews({ silenced: [{ ...NAMED, why: 'threshold' }] }),
      someNews({ tagsWithoutEffect: [{ ...NAMED, on: 'role' }] }),
    ])
      expect(notificationOf(aReport(), news, OPTIONS)?.attributes.highestSeverity).toBe('critical');
  });
});

describe('the size of what is silenced', () => {
  it('stays within what SNS takes, and nothing of it pushes the rest out', () => {
    const reason = '"\\'.repeat(60_000);
    const suppressed = { reason, until: null, by: 'settings' as const };
    const news = someNews({
      silenced: Array.from({ length: 5_000 }, (_, index) => ({ ...NAMED, fingerprint: `s${index}`, why: suppressed })),
      turnedDown: Array.from({ length: 5_000 }, () => ({
        what: 'suppression' as const,
        suppression: { rule: 'a-rule', subject: '*', reason, until: null },
        severities: [],
      })),
      tagsWithoutEffect: Array.from({ length: 5_000 }, () => ({ ...NAMED, on: 'role' as const })),
    });
    const { message = '{}' } = notificationOf(aReport({ findings: findingsOf('high', 5_000, { suppressed }) }), news, OPTIONS) ?? {};
    const { email = '', sqs = '' } = JSON.parse(message) as { email?: string; sqs?: string };
    expect([Buffer.byteLength(message) <= MESSAGE_LIMIT, Buffer.byteLength(sqs) <= 40_000]).toEqual([true, true]);
    for (const section of ['SETTINGS THAT', 'STILL OPEN', 'TAGS WITHOUT', 'SUPPRESSED, HIGH']) expect(email).toContain(`\n${section}`);
    const summary = JSON.parse(sqs) as Record<string, unknown[]> & Record<`${string}Cut`, number>;
    for (const list of ['silenced', 'turnedDown', 'tagsWithoutEffect', 'suppressed']) {
      const shown = summary[list]?.length ?? 0;
      expect([list, shown > 0, shown + Number(summary[`${list}Cut`])]).toEqual([list, true, 5_000]);
    }
  });
});
