import { Duration } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { longestGap, shortestGap } from './longest-gap.js';
import { SettingError } from './setting-error.js';

/** How a CloudWatch alarm counts a time: `periods` times `period`. */
export interface SilenceWindow {
  readonly period: Duration;
  readonly periods: number;
}

const MINUTE = 60;
const DAY = 86_400;
/** A CloudWatch alarm looks back at most seven days: period times evaluation periods. */
const LONGEST_LOOK_BACK = 7 * DAY;

/** The longest gap of a schedule: the one that was given, else the one that its expression makes. */
export function gapOf(schedule: ScheduleExpression, given?: Duration): Duration {
  const zone = schedule.timeZone?.timezoneName;
  const gap = given ?? longestGap(schedule.expressionString, zone !== undefined && !zone.endsWith('UTC'));
  if (gap !== undefined) return gap;
  throw new SettingError(
    `How long ${schedule.expressionString} can leave between two runs is not clear from the expression. ` +
      'Say it with longestGap (in the app: -c longestGapHours=72), so that the alarm "not running" knows when to speak.',
  );
}

/**
 * Twice the longest gap: one missed run is enough to tell, and a run that comes late is not. CloudWatch takes periods of
 * whole minutes up to a day, and windows longer than a day only in periods of an hour or more.
 */
export function silenceWindow(schedule: ScheduleExpression, given?: Duration): SilenceWindow {
  const gap = gapOf(schedule, given);
  const seconds = 2 * gap.toSeconds();
  if (seconds > LONGEST_LOOK_BACK) {
    throw new SettingError(
      `The schedule ${schedule.expressionString} leaves up to ${String(Math.round(gap.toHours({ integral: false })))} hours between two runs. ` +
        'The alarm "not running" must look back twice as long, and a CloudWatch alarm looks back at most 7 days, ' +
        'so nobody would hear that the audit has stopped. Run it at least every three and a half days.',
    );
  }
  const periods = Math.max(1, Math.ceil(seconds / DAY));
  return { period: Duration.seconds(Math.ceil(seconds / periods / MINUTE) * MINUTE), periods };
}

/** @throws where a run may still be at work when the next begins: both read one memory, and each that is overtaken begins again */
export function checkNoOverlap({ expressionString }: ScheduleExpression, timeout: Duration): void {
  const shortest = shortestGap(expressionString);
  if (shortest === undefined || shortest.toSeconds() > timeout.toSeconds()) return;
  const inMinutes = (duration: Duration): string => `${String(duration.toMinutes({ integral: false }))} min`;
  throw new SettingError(
    `The schedule ${expressionString} starts a run ${inMinutes(shortest)} after another, and a run may take ${inMinutes(timeout)}: ` +
      'the next would begin before the one before has told what it found. Leave more than that between two runs, such as rate(1 hour), or lower timeout.',
  );
}
