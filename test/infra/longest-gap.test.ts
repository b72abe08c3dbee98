import { describe, expect, it } from '@jest/globals';
import { Duration, TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { longestGap, shortestGap } from '../../infra/longest-gap.js';
import { gapOf, silenceWindow } from '../../infra/missed-run-alarm-window.js';
import { constructIn } from './synthesise.js';

function hours(expression: string, zoned = false): number | undefined {
  return longestGap(expression, zoned)?.toHours({ integral: false });
}

describe('the longest gap of a schedule', () => {
  it.each([
    ['rate(1 day)', 24],
    ['rate(12 hours)', 12],
    ['rate(90 minutes)', 1.5],
    ['cron(0 7 * * ? *)', 24],
    ['cron(0 7,19 * * ? *)', 12],
    ['cron(0 6,9 * * ? *)', 21],
    ['cron(0/30 * * * ? *)', 0.5],
    ['cron(15 8-18/2 * * ? *)', 14],
    // Friday to Monday.
    ['cron(0 7 ? * MON-FRI *)', 72],
    ['cron(0 7 ? * 2,4,6 *)', 72],
    // Friday evening to Monday morning.
    ['cron(0 7,19 ? * MON-FRI *)', 60],
    ['cron(0 7 ? * SUN *)', 168],
    // 31 January to 1 March of a common year is shorter than 1 July to 1 September without August.
    ['cron(0 0 1 * ? *)', 31 * 24],
    ['cron(0 0 1 JAN-JUL,SEP-DEC ? *)', 62 * 24],
    ['cron(0 0 29 2 ? *)', (4 * 365 + 1) * 24],
  ])('%s leaves at most %d hours', (expression, expected) => expect(hours(expression)).toBe(expected));

  it('counts the hour that a time zone with daylight saving adds to one night, for clock times alone', () => {
    expect(hours('cron(0 7 * * ? *)', true)).toBe(25);
    expect(hours('rate(1 day)', true)).toBe(24);
  });

  it.each([
    'cron(0 7 L * ? *)',
    'cron(0 7 15W * ? *)',
    'cron(0 7 ? * MON#1 *)',
    'cron(0 7 ? * FRI-MON *)',
    'cron(0 7 * * ? 2027)',
    'cron(0 7 * * ?)',
    'cron(0 7 * * ? * *)',
    'cron(61 7 * * ? *)',
    'cron(1-2-3 7 * * ? *)',
    'cron(*/0 7 * * ? *)',
    'cron(1/2/3 7 * * ? *)',
    'cron(5)',
    'rate(0 days)',
    'rate(1 fortnight)',
    'every day',
  ])('does not guess at %s', (expression) => expect(longestGap(expression, false)).toBeUndefined());

  it('refuses what does not come again', () => {
    expect(() => longestGap('at(2027-01-01T00:00:00)', false)).toThrow(/runs once/);
    expect(() => longestGap('cron(0 7 30 2 ? *)', false)).toThrow(/names no day that comes again/);
  });
});

describe('the shortest gap of a schedule', () => {
  it.each([
    ['rate(5 minutes)', 5],
    ['cron(0 7 * * ? *)', 1440],
    ['cron(0/10 * * * ? *)', 10],
    ['cron(0,5 7 * * ? *)', 5],
    // 23:55 and 00:00, on days that follow each other and on days that do not.
    ['cron(0,55 0,23 ? * MON,TUE *)', 5],
    ['cron(0,55 0,23 ? * MON *)', 55],
    // What is not known of the days does not hide what is known of a day.
    ['cron(0/10 7 L * ? *)', 10],
    ['cron(0 7 ? * MON#1 *)', 1440],
  ])('%s leaves %d minutes', (expression, expected) => expect(shortestGap(expression)?.toMinutes()).toBe(expected));

  it.each(['cron(0 L * * ? *)', 'rate(1 fortnight)', 'every day'])('does not guess at %s', (expression) =>
    expect(shortestGap(expression)).toBeUndefined(),
  );

  const deployed = (expression: string, timeout?: Duration) => () =>
    constructIn(() => ({
      schedule: ScheduleExpression.expression(expression),
      longestGap: Duration.hours(24),
      ...(timeout && { timeout }),
    }));

  it.each(['rate(1 minute)', 'rate(15 minutes)', 'cron(0/10 * * * ? *)', 'cron(0,5 7 L * ? *)'])(
    '%s is refused, since a run may take 15 minutes, and what to change is said',
    (expression) =>
      expect(deployed(expression)).toThrow(
        /starts a run \d+ min after another, and a run may take 15 min.*rate\(1 hour\), or lower timeout/,
      ),
  );

  it.each([
    ['rate(16 minutes)', undefined],
    ['rate(10 minutes)', Duration.minutes(5)],
  ])('%s is taken where a run has ended by then', (expression, timeout) => expect(deployed(expression, timeout)).not.toThrow());
});

describe('the window of the alarm "not running"', () => {
  it.each([
    ['rate(1 day)', 86_400, 2],
    ['rate(12 hours)', 86_400, 1],
    ['rate(1 hour)', 7200, 1],
    ['rate(5 minutes)', 600, 1],
    ['rate(3 days)', 86_400, 6],
    ['rate(84 hours)', 86_400, 7],
    // 50 hours in three periods of whole minutes.
    ['rate(25 hours)', 60_000, 3],
  ])('of %s is twice the gap', (expression, period, periods) => {
    const window = silenceWindow(ScheduleExpression.expression(expression));
    expect({ period: window.period.toSeconds(), periods: window.periods }).toEqual({ period, periods });
  });

  it.each(['rate(85 hours)', 'rate(7 days)', 'cron(0 7 ? * SUN *)'])('%s is refused: the alarm cannot look back far enough', (expression) =>
    expect(() => silenceWindow(ScheduleExpression.expression(expression))).toThrow(/looks back at most 7 days/),
  );

  it('takes the gap from the person where the expression is not understood, and says how', () => {
    const firstMonday = ScheduleExpression.expression('cron(0 7 ? * MON#1 *)');
    expect(() => gapOf(firstMonday)).toThrow(/longestGap.*-c longestGapHours=72/);
    expect(silenceWindow(firstMonday, Duration.hours(72)).periods).toBe(6);
  });

  it('knows that UTC has no daylight saving', () => {
    expect(gapOf(ScheduleExpression.cron({ hour: '7', minute: '0' })).toHours()).toBe(24);
    expect(gapOf(ScheduleExpression.cron({ hour: '7', minute: '0', timeZone: TimeZone.EUROPE_BERLIN })).toHours()).toBe(25);
  });
});
