import { DAY } from '../../lib/day.js';
import type { Has } from './facts.js';

/** For so long the use of a role counts as a sign that somebody needs it. In milliseconds, as ages are. */
export const LATELY = 90 * DAY;

/** How long ago something was, as of when the account was read; not a number where the date is none. ISO 8601. */
export const ageOf = (date: string, { inventory }: Has): number => Date.parse(inventory.collectedAt) - Date.parse(date);
