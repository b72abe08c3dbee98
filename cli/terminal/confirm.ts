import { createInterface } from 'node:readline/promises';

/** Asks a question that only a clear yes answers; where nobody sits at the terminal, nobody said yes. */
export async function confirmOn(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream,
  question: string,
): Promise<boolean> {
  if (input.isTTY !== true) {
    output.write(`${question}\nNot a terminal: --yes continues without asking.\n`);
    return false;
  }
  const terminal = createInterface({ input, output });
  // Ctrl-C, Ctrl-D and the end of the input close it; the question alone would then wait for ever, or fail.
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([closed, terminal.question(`${question} [y/N] `)]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
