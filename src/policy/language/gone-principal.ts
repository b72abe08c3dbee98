import type { PrincipalEntry } from './parse.js';

/** What IAM shows in the place of a role or user that is gone (IAM User Guide, "Unique identifiers"). */
const GONE = /^A(?:ROA|IDA)[A-Z0-9]{8,}$/;

/** Whether a principal is what is left of a role or user that was deleted: nobody has the id again, not even a new one of its name. */
export const isGone = ({ value }: PrincipalEntry): boolean => GONE.test(value);
