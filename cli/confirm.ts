import { createInterface } from 'node:readline/promises';

/** Asks a question that only a clear yes answers; where nobody sits at the terminal, nobody said yes. */
export async function confirmOn(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream,
  question: string,
): Promise<boolean> {
  if (input.isTTY !== true) {
    output.write(`${question}\nNobody is there to ask: --yes goes on without asking.\n`);
    return false;
  }
  const terminal = createInterface({ input, output });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
