import { describe, expect, it } from '@jest/globals';
import type { Report, Unread } from '../../src/model/report/report.js';
import { mailOf } from '../../src/report/mail/notification.js';
import { renderText } from '../../src/report/screens/text.js';
import { anIncompleteReport, aReport, aRule, FIRST, someNews } from './report-builder.js';

const plain = (report: Report, width: number | null = 80): string => renderText(report, { color: false, width });
const lines = (report: Report): string[] => plain(report).split('\n');

describe('text of what rules did not judge', () => {
  it.each<[string, Partial<Unread>, string, RegExp]>([
    [
      'time',
      { scope: 'account', reason: 'out-of-time' },
      '  - judge:Rules in account: timed out',
      /^ {4}Increase --timeout, or limit --region/,
    ],
    [
      'steps',
      { scope: 'arn:x', reason: 'failed' },
      '  - judge:Rules in arn:x: too involved to be decided',
      /^ {4}Make its policies simpler, or split the role\.$/,
    ],
  ])('says what to do where the %s did not suffice for judging', (_what, gap, title, next) => {
    const told = lines(anIncompleteReport({ what: 'judge:Rules', detail: 'detail', ...gap }));
    expect(told[0]).toMatch(/^INCOMPLETE: not everything could be read and judged\./);
    expect(told[2]).toBe(title);
    expect(told[4]).toMatch(next);
  });

  it('is told by mail too, and when it is over', () => {
    const gap = { what: 'judge:Rules', scope: 'account', reason: 'out-of-time' } as const;
    const options = { threshold: 'info', whereReport: null } as const;
    expect(mailOf(anIncompleteReport(gap), FIRST, options).body).toContain('\nPartial scan: rules (timed out)\n');
    const over = [{ ...gap, since: '2026-10-30T06:00:00.000Z', told: true }];
    const later = mailOf(aReport(), someNews({ gapsOver: over }), options).body;
    expect(later).toContain('* judge:Rules, not judged to the end since 2026-10-30 06:00 UTC\n');
  });

  it('says apart what was not read, and what was and is not judged', () => {
    const reasons = ['denied', 'out-of-time', 'too-involved', 'not-requested'];
    const rules = [aRule({ notEvaluated: reasons.map((reason) => ({ scope: `of-${reason}`, reason })) }), aRule({ id: 'other' })];
    expect(plain(aReport({ rules }), 500).trimEnd().split('\n').slice(-3)).toEqual([
      '1 of 2 rules could not judge everything, because it was not read: of-denied.',
      '1 of 2 rules could not judge everything, because it timed out: of-out-of-time.',
      '1 of 2 rules could not judge everything, because it is too involved to be decided: of-too-involved.',
    ]);
  });

  it('says at the end how many rules could not judge what', () => {
    const regions = Array.from({ length: 10 }, (_, index) => ({ scope: `region-${index}`, reason: 'denied' }));
    const rules = [aRule({ notEvaluated: regions }), aRule({ id: 'other', notEvaluated: [{ scope: 'pods', reason: 'not-requested' }] })];
    const text = plain(aReport({ rules }), 500);
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      '1 of 2 rules could not judge everything, because it was not read: region-0, region-1, region-2, region-3, region-4, region-5, region-6, region-7 and 2 more.',
    );
  });
});
