/** One thing that is wrong with what was given. */
export interface InputProblem {
  /** Where: `roles.value[0].arn`; empty = the whole. */
  readonly path: string;
  readonly problem: string;
}

/** What was given to a function of the library cannot be used. The message is one sentence, with the hint behind it. */
export class InputError extends Error {
  override readonly name = 'InputError';

  /**
   * @param said what happened, to which argument; without a full stop
   * @param hint what to do next, as a sentence
   */
  constructor(
    said: string,
    readonly hint: string,
    readonly problems: readonly InputProblem[],
    options?: ErrorOptions,
  ) {
    super(`${said}. ${hint}`, options);
  }
}
