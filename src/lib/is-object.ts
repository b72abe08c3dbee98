/** An object with members, as JSON has them; what they hold is not known. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a value is an object with members: neither null nor a list. */
export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object; of anything else, none. */
export function membersOf(value: unknown): Members {
  return isObject(value) ? value : {};
}
