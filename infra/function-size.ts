import { Duration } from 'aws-cdk-lib';

/**
 * What the function gets. The figures come from the measurement in bench/README.md: change them there first. Memory also
 * buys CPU (one whole processor at 1,769 MB), so the cheapest run is not the one with the least memory.
 */
export const MEMORY_MB = 512;

/** Lambda's own maximum. The audit keeps a time budget below it and ends with what it has; this is only the last resort. */
export const TIMEOUT = Duration.minutes(15);
