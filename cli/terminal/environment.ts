import { isAbsolute, join } from 'node:path';
import type { Shell } from '../../src/report/parts/command-lines.js';

/** What the command line takes from the environment and the terminal. Nothing else of the command line reads them. */
export interface Terminal {
  readonly color: boolean;
  /** Columns of standard output; null where it is no terminal. */
  readonly width: number | null;
  /** Rows of standard output; null where it is no terminal. */
  readonly rows: number | null;
  /** Standard output shows words with an address behind them. */
  readonly links: boolean;
  /** Standard error is a terminal, so that a line of progress may overwrite itself. */
  readonly live: boolean;
  /** The shell that commands are for; POSIX where that is not known. */
  readonly shell?: Shell;
}

/**
 * The SDK warns on every run that a Node older than 22 will get no further versions of it. That is no concern of who runs
 * this program, which has the SDK inside it.
 */
export function silenceSdkWarning(env: Record<string, string | undefined> = process.env): void {
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

/** kubectl finds its plugins by their name: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/ */
export function isKubectlPlugin(program: string | undefined): boolean {
  return /(^|[\\/])kubectl-irsa_auditor(\.\w+)?$/.test(program ?? '');
}

/** npm tells what it runs by this variable: https://docs.npmjs.com/cli/using-npm/scripts#current-lifecycle-event */
export function isByNpm(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return ['demo', 'npx'].includes(env['npm_lifecycle_event'] ?? '');
}

const USUAL_COLUMNS = 80;

/** Color only on a terminal; `NO_COLOR` (https://no-color.org) switches it off, `FORCE_COLOR` and `CLICOLOR_FORCE` on. */
export function terminalOf(
  stdout: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number },
  stderr: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Terminal {
  const tty = stdout.isTTY === true;
  const silenced = (env['NO_COLOR'] ?? '') !== '';
  const forced = ['FORCE_COLOR', 'CLICOLOR_FORCE'].some((name) => (env[name] ?? '') !== '' && env[name] !== '0');
  const capable = tty && env['TERM'] !== 'dumb';
  return {
    color: !silenced && (forced || capable),
    // A terminal that does not tell its size is taken for the usual one.
    width: tty ? (stdout.columns ?? USUAL_COLUMNS) : null,
    rows: tty ? (stdout.rows ?? null) : null,
    // The console of Linux and CI logs show the address as text.
    links: capable && !silenced && env['TERM'] !== 'linux' && env['CI'] === undefined,
    live: stderr.isTTY === true,
    // Git Bash and others on Windows tell of themselves.
    shell: env['OS'] === 'Windows_NT' && env['MSYSTEM'] === undefined && env['SHELL'] === undefined ? 'powershell' : 'posix',
  };
}

/** The file that the last report is kept in (https://specifications.freedesktop.org/basedir-spec); null where the user has no home. */
export function lastReportPath(env: Readonly<Record<string, string | undefined>> = process.env): string | null {
  const given = env['XDG_CACHE_HOME'] ?? '';
  const home = env['HOME'] ?? env['LOCALAPPDATA'] ?? '';
  const folder = isAbsolute(given) ? given : isAbsolute(home) ? join(home, '.cache') : null;
  return folder === null ? null : join(folder, 'irsa-auditor', 'last-report.json');
}

/** The bucket of the deployed stack, where somebody named it for all commands. */
export function ambientBucket(env: Readonly<Record<string, string | undefined>> = process.env): string | null {
  return (env['IRSA_AUDITOR_BUCKET'] ?? '') === '' ? null : (env['IRSA_AUDITOR_BUCKET'] ?? null);
}
