/** IAM has no longer ARN of a role, and no longer audience: what is longer is something else, and its beginning tells what. */
const LONGEST_VALUE = 1024;
/** Kubernetes has no longer names. */
const LONGEST_NAME = 253;

/**
 * A text of no more than so many characters, and … where it was longer, so that it is not taken for the whole. It is a copy:
 * a slice would keep all of the long one in memory.
 */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${Buffer.from(text.slice(0, most)).toString()}…`;
}

export const cutValue = (text: string): string => cut(text, LONGEST_VALUE);

export const cutName = (text: string): string => cut(text, LONGEST_NAME);
