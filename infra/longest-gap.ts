import { Duration } from 'aws-cdk-lib';
import { cronFields } from './cron-fields.js';
import { SettingError } from './setting-error.js';

const MINUTES_A_DAY = 1440;
const PARTS = /^(rate|cron|at)\((.*)\)$/;
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: MINUTES_A_DAY };

/** Two leap years and every weekday for every date: long enough to meet each gap that an expression without a year can make. */
const FIRST_YEAR = 2028;
const DAYS_LOOKED_AT = 8 * 366;

/**
 * The longest time between two runs of a schedule expression.
 *
 * @param expression `rate(…)` or `cron(…)` as EventBridge Scheduler takes it
 * @param observesDaylightSaving true where a time zone is set: the night that turns the clock back is an hour longer
 * @returns undefined where the expression is not understood for certain; the caller must then be told the gap
 * @throws where the schedule does not recur
 */
export function longestGap(expression: string, observesDaylightSaving: boolean): Duration | undefined {
  const [, kind = '', inside = ''] = PARTS.exec(expression.trim()) ?? [];
  if (kind === 'at')
    throw new SettingError(`The schedule ${expression} runs once, and an audit has to come again: use rate(…) or cron(…).`);
  if (kind === 'rate') return rateGap(inside);
  if (kind !== 'cron') return undefined;
  const gaps = cronGaps(expression, inside);
  return gaps === undefined ? undefined : Duration.minutes(Math.max(...gaps) + (observesDaylightSaving ? 60 : 0));
}

/**
 * The shortest time between two runs of a schedule expression. Where its days are not understood for certain (`L`, `W`, `#`, a
 * year), that between its times of one day.
 *
 * @returns undefined where not even these are understood
 */
export function shortestGap(expression: string): Duration | undefined {
  const [, kind = '', inside = ''] = PARTS.exec(expression.trim()) ?? [];
  if (kind === 'rate') return rateGap(inside);
  if (kind !== 'cron') return undefined;
  const [minute = '', hour = ''] = inside.trim().split(/\s+/);
  const gaps = cronGaps(expression, inside) ?? cronGaps(expression, `${minute} ${hour} * * ? *`);
  return gaps === undefined ? undefined : Duration.minutes(Math.min(...gaps));
}

function rateGap(inside: string): Duration | undefined {
  const [, count = '', unit = ''] = /^\s*(\d+)\s+(minute|hour|day)s?\s*$/.exec(inside) ?? [];
  const minutes = Number(count) * (UNITS[unit] ?? 0);
  return minutes > 0 ? Duration.minutes(minutes) : undefined;
}

/** Every time that can lie between two runs of a cron expression, in minutes; undefined where it is not understood for certain. */
function cronGaps(expression: string, inside: string): readonly number[] | undefined {
  const fields = cronFields(inside);
  if (fields === undefined) return undefined;
  const times = [...fields.hours]
    .flatMap((hour) => [...fields.minutes].map((minute) => hour * 60 + minute))
    .sort((left, right) => left - right);
  const withinDay = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const days = Array.from({ length: DAYS_LOOKED_AT }, (_, index) => index).filter((index) => {
    const date = new Date(Date.UTC(FIRST_YEAR, 0, 1 + index));
    return (
      fields.months.has(date.getUTCMonth() + 1) && fields.daysOfMonth.has(date.getUTCDate()) && fields.daysOfWeek.has(date.getUTCDay() + 1)
    );
  });
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || days.length < 2) {
    throw new SettingError(`The schedule ${expression} names no day that comes again.`);
  }
  const daysBetween = new Set(days.slice(1).map((day, index) => day - (days[index] ?? day)));
  return [...withinDay, ...[...daysBetween].map((count) => count * MINUTES_A_DAY + first - last)];
}
