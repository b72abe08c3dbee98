/**
 * The six fields of an EventBridge cron expression as sets of numbers. Only what can be read without doubt is read:
 * `L`, `W`, `#`, a range that wraps round (`FRI-MON`) and a year give undefined, and the caller asks the person instead.
 *
 * Read here and not by a library: cron-parser counts days from 0 and has no `W`; croner reads EventBridge's dialect with two
 * options off their defaults, takes day 8 and `@daily` too, and gives one run after the other, where sets of numbers give every gap.
 */
export interface CronFields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  /** 1 = January. */
  readonly months: ReadonlySet<number>;
  /** 1 = Sunday, as EventBridge counts. */
  readonly daysOfWeek: ReadonlySet<number>;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Range {
  readonly first: number;
  readonly last: number;
  readonly names?: readonly string[];
}

function numberOf(text: string, range: Range): number | undefined {
  const named = range.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return named + 1;
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= range.first && value <= range.last ? value : undefined;
}

/** One comma-separated part: `*`, `5`, `1-5`, each with an optional `/step`. */
function part(text: string, range: Range): readonly number[] | undefined {
  const [span = '', stepText, ...rest] = text.split('/');
  if (rest.length > 0 || (stepText !== undefined && !/^[1-9]\d?$/.test(stepText))) return undefined;
  const [from = '', to, ...more] = span.split('-');
  if (more.length > 0) return undefined;
  const whole = span === '*' || span === '?';
  const first = whole ? range.first : numberOf(from, range);
  // `5/10` means from 5 to the end of the range, every 10.
  const last = whole || (to === undefined && stepText !== undefined) ? range.last : numberOf(to ?? from, range);
  if (first === undefined || last === undefined || first > last) return undefined;
  const step = stepText === undefined ? 1 : Number(stepText);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

function field(text: string, range: Range): ReadonlySet<number> | undefined {
  const parts = text.split(',').map((one) => part(one, range));
  return parts.every((one) => one !== undefined) ? new Set(parts.flat()) : undefined;
}

/** Reads what is between the parentheses of `cron(…)`; undefined where something in it is not understood for certain. */
export function cronFields(text: string): CronFields | undefined {
  const [minute, hour, dayOfMonth, month, dayOfWeek, year, ...rest] = text.trim().split(/\s+/);
  if (minute === undefined || hour === undefined || dayOfMonth === undefined || month === undefined || dayOfWeek === undefined)
    return undefined;
  if (rest.length > 0 || year !== '*') return undefined;
  const minutes = field(minute, { first: 0, last: 59 });
  const hours = field(hour, { first: 0, last: 23 });
  const daysOfMonth = field(dayOfMonth, { first: 1, last: 31 });
  const months = field(month, { first: 1, last: 12, names: MONTHS });
  const daysOfWeek = field(dayOfWeek, { first: 1, last: 7, names: DAYS });
  return minutes && hours && daysOfMonth && months && daysOfWeek ? { minutes, hours, daysOfMonth, months, daysOfWeek } : undefined;
}
