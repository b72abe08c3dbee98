/**
 * An error that may take several lines to tell a person. They are kept apart until they are printed: what a line quotes may
 * hold line breaks of its own, which must not pass for ours.
 */
export class ErrorInLines extends Error {
  readonly lines: readonly string[];

  /** @param told one line, or several of which the first says what happened */
  constructor(told: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof told === 'string' ? [told] : told;
    super(lines.join('\n'), options);
    this.lines = lines;
  }
}

/** An error as lines for a person; one that says nothing of lines is one. */
export function linesOf(error: Error): readonly string[] {
  return error instanceof ErrorInLines ? error.lines : [error.message];
}
