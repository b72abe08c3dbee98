import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  /** null = a signal ended it. */
  readonly status: number | null;
  /** What came over the pipes. */
  readonly out: string;
  readonly err: string;
}

interface How {
  readonly stdio?: StdioOptions;
  readonly env?: Readonly<Record<string, string>>;
  /** Nobody reads standard output any more. */
  readonly outIsClosed?: boolean;
  /** Its file; that of `irsa-auditor` where none is said. */
  readonly program?: string;
  /** For Node itself. */
  readonly nodeArgs?: readonly string[];
}

/** Runs the command line as a user has it, in a process of its own; `npm run build` makes it. Resolves when the process has ended. */
export async function cliProcess(
  argv: readonly string[],
  { stdio = ['ignore', 'pipe', 'pipe'], env = {}, outIsClosed = false, program = 'dist/cli/bin.js', nodeArgs = [] }: How = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...nodeArgs, program, ...argv], { stdio, env: { ...process.env, ...env } });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  if (outIsClosed) child.stdout?.destroy();
  else child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const [status] = (await once(child, outIsClosed ? 'exit' : 'close')) as [number | null];
  return { status, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}
