import { ErrorInLines } from '../saved/error-in-lines.js';

/** So many problems are told, the rest counted. */
export const MOST_SHOWN = 5;

/**
 * Settings that cannot be used; the message says where and why, for a person. It has a file of its own so that knowing the
 * error does not mean loading what reads YAML.
 */
export class SettingsFileError extends ErrorInLines {
  override readonly name = 'SettingsFileError';

  /** @param count how many problems there are, where `problems` holds only the first of them */
  constructor(source: string, problems: readonly string[], count = problems.length, options?: ErrorOptions) {
    const more = count > MOST_SHOWN ? [`and ${count - MOST_SHOWN} more`] : [];
    super([`${source} cannot be used:`, ...[...problems.slice(0, MOST_SHOWN), ...more].map((line) => `  ${line}`)], options);
  }
}
