/** What a timer of Node takes; one of more fires at once. It is 24 days, longer than any credentials. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A time budget in whole milliseconds, as timers take them. */
export const milliseconds = (seconds: number): number => Math.min(Math.ceil(seconds * 1000), LONGEST_TIMER);
