import { inert } from '../../src/lib/escape-text.js';

const DEFECT = 4;

/** Standard output and standard error of the process, and its end. */
export interface StandardStreams {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Ends the process once all is written, whatever else is still open: a program or connection that hangs holds nothing up. */
  readonly end: (status: number) => Promise<never>;
}

/** Resolves when what was written before has gone, or was lost. */
const written = (stream: NodeJS.WriteStream): Promise<void> => new Promise((resolve) => void stream.write('', () => resolve()));

/** Takes what goes wrong in writing, so that it changes no exit status but where output was lost. */
export function standardStreams({ stdout, stderr, exit }: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'exit'>): StandardStreams {
  let lost: Error | null = null;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads may stop early, as head does: what that leaves out nobody wants.
    if (error.code !== 'EPIPE') lost ??= error;
  });
  // Nobody is left to tell; the exit status still says it.
  stderr.on('error', () => undefined);
  return {
    stdout: (text) => void stdout.write(text),
    stderr: (text) => void stderr.write(text),
    end: async (status) => {
      await written(stdout);
      if (lost !== null) stderr.write(`irsa-auditor: The output could not be written: ${inert(lost.message)}\n`);
      await written(stderr);
      return exit(lost === null ? status : DEFECT);
    },
  };
}
